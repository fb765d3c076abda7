// The log as a history that outlives the process: who knows a row by its id and its nonce can go on from it, after restarts, in
// copies, and never across what the log does not tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <ranges>
#include <set>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string many_rows(int count) { return "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < " + std::to_string(count) + ") INSERT INTO t (a) SELECT n FROM c"; }

class LogHistory : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-history-XXXXXX";
    folder_ = mkdtemp(pattern);
    path_ = folder_ + "/shop.db";
    connect();
    write("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  }
  void TearDown() override {
    database_.reset();
    writer_ = {};
    std::filesystem::remove_all(folder_);
  }

  void connect() {
    auto connection = sqlite::Connection::open(path_, sqlite::Access::create);
    ASSERT_TRUE(connection);
    writer_ = std::move(*connection);
  }
  void write(const std::string& sql) {
    const bool is_done = sqlite3_exec(writer_.handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    ASSERT_TRUE(is_done) << sqlite3_errmsg(writer_.handle()) << " in " << sql;
  }
  void write_unlogged(const std::string& sql) {
    sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    write(sql);
    sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
  }
  std::int64_t number(const std::string& sql) { return writer_.query_integer(sql, "test").value_or(-1); }
  std::uint64_t id_of_last() { return static_cast<std::uint64_t>(number("SELECT max(id) FROM aljibe_changes")); }
  std::int64_t broken_rows() { return number("SELECT count(*) FROM aljibe_changes WHERE kind = 7"); }

  std::unique_ptr<Database> opened(const std::string& path) {
    auto database = open_sqlite(path, limits_);
    EXPECT_TRUE(database);
    return database ? std::move(*database) : nullptr;
  }
  /// As a program that starts: logs, and looks for the first time.
  model::Changes start() {
    database_ = opened(path_);
    last_ = 0;
    const auto started = database_->start_log();
    EXPECT_TRUE(started) << started.error().message();
    return look();
  }
  model::Changes look() {
    auto changes = database_->changes(last_);
    EXPECT_TRUE(changes);
    if (!changes) return {};
    last_ = changes->last;
    EXPECT_EQ(changes->first, changes->nonces.empty() ? 0 : changes->last + 1 - changes->nonces.size());
    return std::move(*changes);
  }
  static std::vector<std::uint64_t> ids_of(const model::Changes& changes) {
    std::vector<std::uint64_t> ids;
    for (const auto& row : changes.rows) ids.push_back(row.id);
    return ids;
  }

  Limits limits_{.history_marks_max = 200'000};
  std::string folder_;
  std::string path_;
  sqlite::Connection writer_;
  std::unique_ptr<Database> database_;
  std::uint64_t last_ = 0;
};

TEST_F(LogHistory, begins_with_a_broken_row_and_grows_by_each_logged_row) {
  const auto first = start();
  EXPECT_FALSE(first.is_whole);
  EXPECT_THAT(first.nonces, SizeIs(1));
  EXPECT_EQ(number("SELECT kind FROM aljibe_changes"), 7);
  write("INSERT INTO t VALUES (1, 1), (2, 2)");
  const auto changes = look();
  EXPECT_TRUE(changes.is_whole);
  EXPECT_EQ(changes.first, first.last + 1);
  EXPECT_THAT(changes.nonces, SizeIs(2));
  EXPECT_THAT(ids_of(changes), ElementsAre(first.last + 1, first.last + 2));
  EXPECT_EQ(static_cast<std::int64_t>(changes.nonces[1]), number("SELECT nonce FROM aljibe_changes ORDER BY id DESC"));
  EXPECT_EQ(changes.schema, static_cast<std::uint64_t>(number("PRAGMA schema_version")));
  const auto nothing = look();
  EXPECT_TRUE(nothing.is_whole);
  EXPECT_THAT(nothing.nonces, IsEmpty());
  EXPECT_EQ(nothing.schema, changes.schema);
}

TEST_F(LogHistory, is_the_same_after_a_restart_and_for_every_process) {
  auto nonces = start().nonces;
  const auto other = opened(path_);
  for (int i = 0; i < 20; ++i) {
    write("INSERT INTO t (a) VALUES (1); INSERT INTO aljibe_changes (kind) VALUES (6)");
    std::ranges::copy(look().nonces, std::back_inserter(nonces));
  }
  EXPECT_EQ(std::set(nonces.begin(), nonces.end()).size(), 41U) << "no two are the same";
  EXPECT_EQ(other->changes(0)->nonces, nonces);
  database_.reset();
  write("UPDATE t SET a = 2 WHERE id = 1");
  const auto restarted = start();
  EXPECT_FALSE(restarted.is_whole);
  EXPECT_EQ(restarted.nonces.size(), nonces.size() + 1);
  EXPECT_TRUE(std::ranges::equal(nonces, restarted.nonces | std::views::take(nonces.size())));
  EXPECT_THAT(restarted.rows, SizeIs(21));
  EXPECT_EQ(restarted.rows.back().id, restarted.last);
  EXPECT_EQ(restarted.rows.back().after->at(1), model::Stored::of_integer(2));
}

TEST_F(LogHistory, of_a_restored_copy_parts_from_the_other_one) {
  start();
  write("INSERT INTO t VALUES (1, 1)");
  const auto copy = folder_ + "/copy.db";
  write("PRAGMA wal_checkpoint(TRUNCATE)");
  std::filesystem::copy_file(path_, copy);
  write("INSERT INTO t VALUES (2, 2)");
  const auto lost = *opened(path_)->changes(0);
  database_.reset();
  writer_ = {};
  for (const auto* const suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  std::filesystem::rename(copy, path_);
  connect();
  write("PRAGMA journal_mode=WAL; INSERT INTO t VALUES (3, 3)");
  const auto restored = start();
  ASSERT_EQ(restored.last, lost.last) << "the same id came again";
  EXPECT_NE(restored.nonces.back(), lost.nonces.back());
  EXPECT_EQ(restored.first, lost.first);
  EXPECT_TRUE(std::ranges::equal(restored.nonces | std::views::take(2), lost.nonces | std::views::take(2))) << "what both have read";
}

TEST_F(LogHistory, of_a_file_put_in_the_place_of_another_is_told) {
  start();
  write("INSERT INTO t VALUES (1, 1)");
  look();
  const auto copy = folder_ + "/copy.db";
  {
    auto other = *sqlite::Connection::open(copy, sqlite::Access::create);
    ASSERT_TRUE(other.execute("PRAGMA journal_mode=WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a)", "test"));
    ASSERT_TRUE(opened(copy)->start_log());
    ASSERT_TRUE(other.execute("INSERT INTO t VALUES (7, 7)", "test"));
  }
  writer_ = {};
  for (const auto* const suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  std::filesystem::rename(copy, path_);
  const auto changes = look();
  EXPECT_FALSE(changes.is_whole);
  EXPECT_THAT(changes.nonces, SizeIs(2));
  EXPECT_THAT(ids_of(changes), ElementsAre(changes.last));
}

TEST_F(LogHistory, is_not_read_at_a_start_where_nothing_lies_outside) {
  start();
  write("INSERT INTO t VALUES (1, 1)");
  limits_.history_marks_max = 0;
  const auto changes = start();
  EXPECT_FALSE(changes.is_whole);
  EXPECT_EQ(changes.last, id_of_last());
  EXPECT_THAT(changes.nonces, IsEmpty());
  EXPECT_THAT(changes.rows, IsEmpty());
  write("INSERT INTO t VALUES (2, 2)");
  EXPECT_TRUE(look().is_whole);
}

TEST_F(LogHistory, starting_twice_writes_nothing) {
  start();
  const auto before = database_->snapshot();
  const auto identity = database_->log_identity();
  start();
  EXPECT_EQ(database_->snapshot(), before);
  EXPECT_EQ(database_->log_identity()->secret, identity->secret);
}

TEST_F(LogHistory, is_broken_by_a_start_in_another_schema) {
  start();
  const auto broken = broken_rows();
  write("INSERT INTO t VALUES (1, 1)");
  write("CREATE INDEX by_a ON t (a)");
  const auto changed = look();
  EXPECT_FALSE(changed.is_whole);
  EXPECT_THAT(changed.nonces, IsEmpty()) << "somebody may have changed rows behind the triggers";
  EXPECT_THAT(changed.rows, IsEmpty());
  ASSERT_TRUE(database_->start_log());
  EXPECT_EQ(broken_rows(), broken + 1);
  const auto anew = look();
  EXPECT_FALSE(anew.is_whole);
  EXPECT_EQ(anew.first, id_of_last());
  EXPECT_THAT(anew.rows, IsEmpty());
  ASSERT_TRUE(database_->start_log());
  EXPECT_EQ(broken_rows(), broken + 1);
}

TEST_F(LogHistory, does_not_hide_that_triggers_were_away_while_nobody_looked) {
  start();
  write("INSERT INTO t VALUES (1, 1)");
  EXPECT_TRUE(look().is_whole);
  database_.reset();
  const auto trigger = *writer_.query_text("SELECT sql FROM sqlite_schema WHERE name = 'aljibe_changes_updated_t'", "test");
  write("DROP TRIGGER aljibe_changes_updated_t; UPDATE t SET a = 2; " + trigger);
  const auto unset = *opened(path_)->changes(0);
  EXPECT_THAT(unset.nonces, IsEmpty()) << "nobody has set the log up since";
  const auto id = id_of_last();
  const auto restarted = start();
  EXPECT_EQ(restarted.first, id + 1);
  EXPECT_THAT(restarted.nonces, SizeIs(1));
  EXPECT_THAT(restarted.rows, IsEmpty());
}

TEST_F(LogHistory, is_empty_after_a_commit_that_the_log_does_not_explain) {
  start();
  write_unlogged("INSERT INTO t VALUES (1, 1)");
  const auto lost = look();
  EXPECT_FALSE(lost.is_whole);
  EXPECT_THAT(lost.nonces, IsEmpty());
  EXPECT_THAT(lost.rows, IsEmpty());
  ASSERT_TRUE(database_->break_log());
  write("INSERT INTO t VALUES (2, 2)");
  const auto anew = look();
  EXPECT_FALSE(anew.is_whole);
  EXPECT_EQ(anew.first, id_of_last() - 1);
  EXPECT_THAT(ids_of(anew), ElementsAre(anew.last));
  write("INSERT INTO t VALUES (3, 3)");
  EXPECT_TRUE(look().is_whole);
}

TEST_F(LogHistory, of_another_process_breaks_ours) {
  start();
  const auto other = opened(path_);
  write("INSERT INTO t VALUES (1, 1)");
  write_unlogged("INSERT INTO t VALUES (2, 2)");
  ASSERT_TRUE(other->break_log());
  write("INSERT INTO t VALUES (3, 3), (4, 4)");
  const auto changes = look();
  EXPECT_FALSE(changes.is_whole) << "else the broken row would hide from us what it tells of";
  EXPECT_EQ(changes.first, id_of_last() - 2);
  EXPECT_THAT(ids_of(changes), ElementsAre(changes.first + 1, changes.first + 2));
}

TEST_F(LogHistory, is_not_broken_where_there_is_no_log) {
  database_ = opened(path_);
  const auto before = database_->snapshot();
  EXPECT_TRUE(database_->break_log());
  EXPECT_EQ(database_->snapshot(), before);
  EXPECT_THAT(database_->changes(0)->nonces, IsEmpty());
}

TEST_F(LogHistory, does_not_go_on_across_a_row_without_a_nonce) {
  start();
  write("INSERT INTO aljibe_changes (kind, nonce) VALUES (6, NULL)");
  write("INSERT INTO t VALUES (1, 1)");
  EXPECT_FALSE(look().is_whole);
  const auto restarted = start();
  EXPECT_THAT(restarted.nonces, SizeIs(1));
  EXPECT_THAT(ids_of(restarted), ElementsAre(restarted.first));
}

TEST_F(LogHistory, does_not_go_on_across_a_gap) {
  start();
  write("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
  write("DELETE FROM aljibe_changes WHERE id = (SELECT max(id) - 1 FROM aljibe_changes)");
  const auto lost = look();
  EXPECT_FALSE(lost.is_whole);
  EXPECT_THAT(lost.nonces, IsEmpty());
  EXPECT_THAT(start().nonces, SizeIs(1));
}

TEST_F(LogHistory, of_very_many_rows_keeps_each_nonce) {
  limits_.log_rows_kept = 1'500;
  start();
  write(many_rows(1'200));
  const auto changes = look();
  EXPECT_TRUE(changes.is_whole);
  EXPECT_THAT(changes.nonces, SizeIs(1'200));
  EXPECT_THAT(changes.rows, SizeIs(1));
  EXPECT_EQ(changes.rows[0].id, changes.last);
  write(many_rows(5'000));
  const auto more = look();
  EXPECT_TRUE(more.is_whole);
  EXPECT_GE(more.nonces.size(), 1'500U);
  EXPECT_LE(more.nonces.size(), 3'000U);
  EXPECT_EQ(static_cast<std::int64_t>(more.nonces.back()), number("SELECT nonce FROM aljibe_changes ORDER BY id DESC"));
  EXPECT_EQ(static_cast<std::int64_t>(more.nonces.front()), number("SELECT nonce FROM aljibe_changes WHERE id = " + std::to_string(more.first)));
}

TEST_F(LogHistory, is_told_row_by_row_at_the_first_look_as_far_as_rows_are_kept) {
  limits_.log_rows_kept = 100'000;
  start();
  write(many_rows(150'000));
  const auto began = std::chrono::steady_clock::now();
  const auto changes = start();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  EXPECT_THAT(changes.nonces, SizeIs(100'000));
  ASSERT_THAT(changes.rows, SizeIs(100'000));
  EXPECT_EQ(changes.rows.front().id, changes.first);
  EXPECT_EQ(changes.rows.back().after->at(1), model::Stored::of_integer(150'000));
  EXPECT_LT(took.count(), 10.0) << "a tenth of a second, without sanitizers";
}

TEST_F(LogHistory, is_told_as_far_as_memory_allows) {
  start();
  write("INSERT INTO t VALUES (1, zeroblob(1000000))");
  for (int i = 0; i < 50; ++i) write("UPDATE t SET a = zeroblob(1000000)");
  const auto changes = start();
  EXPECT_GT(changes.rows.size(), 10U);
  EXPECT_LT(changes.rows.size(), 40U);
  EXPECT_EQ(changes.rows.front().id, changes.first);
  EXPECT_EQ(changes.rows.back().id, changes.last);
}

TEST_F(LogHistory, is_cut_at_twice_what_is_kept) {
  limits_.log_rows_kept = 500;
  start();
  for (int i = 0; i < 300; ++i) {
    write(many_rows(20));
    EXPECT_TRUE(look().is_whole) << i;
  }
  EXPECT_LE(number("SELECT count(*) FROM aljibe_changes"), 500 * 2 + 64 * 21);
  EXPECT_GE(number("SELECT count(*) FROM aljibe_changes"), 500);
}

TEST_F(LogHistory, begins_anew_in_a_log_of_the_old_form) {
  write("CREATE TABLE aljibe_changes (id INTEGER PRIMARY KEY, source TEXT, kind INTEGER, width INTEGER, c0, c1, c2, c3); INSERT INTO aljibe_changes VALUES (40, 't', 3, 2, 1, 1, NULL, NULL)");
  const auto changes = start();
  EXPECT_EQ(changes.last, 41U);
  EXPECT_THAT(changes.nonces, SizeIs(1));
  EXPECT_THAT(changes.rows, IsEmpty());
}

TEST_F(LogHistory, is_only_whole_with_its_record) {
  start();
  const auto identity = *database_->log_identity();
  write("DELETE FROM aljibe_log");
  EXPECT_THAT(opened(path_)->changes(0)->nonces, IsEmpty());
  EXPECT_FALSE(database_->log_identity());
  start();
  EXPECT_NE(database_->log_identity()->identity, identity.identity);
  write("DROP TABLE aljibe_log; CREATE TABLE aljibe_log (what)");
  EXPECT_THAT(start().nonces, SizeIs(1));
  EXPECT_TRUE(database_->log_identity());
}

TEST_F(LogHistory, has_an_identity_and_a_secret_that_stay) {
  database_ = opened(path_);
  const auto missing = database_->log_identity();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::database_error);
  start();
  const auto identity = *database_->log_identity();
  EXPECT_THAT(identity.identity, SizeIs(16));
  EXPECT_THAT(identity.secret, SizeIs(32));
  EXPECT_NE(identity.secret, std::string(32, '\0'));
  write("CREATE TABLE wider (a, b, c, d, e)");
  start();
  EXPECT_EQ(database_->log_identity()->identity, identity.identity);
  EXPECT_EQ(database_->log_identity()->secret, identity.secret);
  ASSERT_TRUE(database_->stop_log());
  EXPECT_FALSE(database_->log_identity());
  start();
  EXPECT_NE(database_->log_identity()->identity, identity.identity);
  EXPECT_NE(database_->log_identity()->secret, identity.secret);
}

TEST_F(LogHistory, keeps_its_tables_out_of_the_catalogue_and_of_itself) {
  start();
  start();
  const auto catalogue = *database_->catalogue();
  EXPECT_THAT(catalogue->tables, ElementsAre(Field(&model::Table::name, "t")));
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name LIKE 'aljibe%'"), 0);
  ASSERT_TRUE(database_->stop_log());
  EXPECT_EQ(number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'aljibe%'"), 0);
}

}  // namespace
}  // namespace aljibe::store
