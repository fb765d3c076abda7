// Random statements by another connection: what is told must explain how the tables differ from one look to the next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using ::testing::IsEmpty;

/// As quote() has it.
std::string text_of(const model::Stored& value) {
  if (value.tag == model::Stored::Tag::null) return "NULL";
  return value.tag == model::Stored::Tag::integer ? std::to_string(value.integer) : "'" + value.bytes + "'";
}

std::string text_of(const std::string& table, const model::StoredRow& row) {
  std::string text;
  for (const auto& value : row) text += (text.empty() ? "" : ",") + text_of(value);
  return table + " (" + text + ")";
}

/// The rows of both tables.
using State = std::multiset<std::string>;

class Replay : public ::testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-replay-XXXXXX";
    folder_ = mkdtemp(pattern);
    auto connection = sqlite::Connection::open(folder_ + "/shop.db", sqlite::Access::create);
    ASSERT_TRUE(connection);
    writer_ = std::move(*connection);
    ASSERT_TRUE(writer_.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", "test"));
  }
  void TearDown() override {
    database_.reset();
    writer_ = {};
    std::filesystem::remove_all(folder_);
  }
  void start() {
    const auto* const sql = GetParam() % 2 == 0 ? "CREATE TABLE r (k INTEGER PRIMARY KEY, s TEXT COLLATE NOCASE UNIQUE, n INTEGER); CREATE TABLE w (k INTEGER, s TEXT, n INTEGER, PRIMARY KEY (k), UNIQUE (s, n)) WITHOUT ROWID"
                                                : "CREATE TABLE r (k INTEGER, s TEXT, n INTEGER); CREATE UNIQUE INDEX rk ON r (k); CREATE UNIQUE INDEX rs ON r (s COLLATE NOCASE, n); CREATE TABLE w (k INTEGER UNIQUE, s TEXT PRIMARY KEY, n INTEGER UNIQUE)";
    ASSERT_TRUE(writer_.execute(sql, "test"));
    auto database = open_sqlite(folder_ + "/shop.db", {});
    ASSERT_TRUE(database);
    database_ = std::move(*database);
    ASSERT_TRUE(database_->start_log());
    last_ = database_->changes(0)->last;
  }

  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string key() { return std::to_string(below(6)); }
  std::string word() {
    static constexpr std::array<const char*, 6> words{"'a'", "'A'", "'b'", "NULL", "'c'", "'C'"};
    return words[below(words.size())];
  }
  std::string row() { return "(" + key() + ", " + word() + ", " + key() + ")"; }
  std::string condition() { return below(3) == 0 ? "" : " WHERE " + std::string(below(2) == 0 ? "k" : "n") + " % 3 = " + std::to_string(below(3)); }
  std::string statement() {
    const std::string table = below(2) == 0 ? "r" : "w";
    static constexpr std::array<const char*, 4> policies{"", " OR REPLACE", " OR IGNORE", " OR FAIL"};
    const std::string policy = policies[below(policies.size())];
    switch (below(7)) {
      case 0: return "INSERT" + policy + " INTO " + table + " VALUES " + row();
      case 1: return "INSERT" + policy + " INTO " + table + " VALUES " + row() + ", " + row() + ", " + row();
      case 2: return "INSERT INTO " + table + " VALUES " + row() + " ON CONFLICT (k) DO UPDATE SET n = excluded.n + 1, s = excluded.s";
      case 3: return "UPDATE" + policy + " " + table + " SET k = k + " + key() + ", s = " + word() + condition();
      case 4: return "UPDATE" + policy + " " + table + " SET n = n + 1" + condition();
      case 5: return "DELETE FROM " + table + condition();
      default: return "INSERT" + policy + " INTO " + table + " SELECT n, s, k FROM " + (table == "r" ? "w" : "r");
    }
  }
  State state() {
    State rows;
    for (const std::string table : {"r", "w"}) {
      auto query = *writer_.prepare("SELECT '" + table + " (' || quote(k) || ',' || quote(s) || ',' || quote(n) || ')' FROM " + table, "test");
      while (query.step().value() == sqlite::Statement::Step::row) rows.emplace(query.text(0));
    }
    return rows;
  }
  /// Some statements, in one transaction or in several.
  std::string some_statements() {
    std::string sql;
    const bool is_together = below(3) == 0;
    for (std::size_t i = 0; i <= below(4); ++i) sql += statement() + "; ";
    return is_together ? "BEGIN; " + sql : sql;
  }
  void run(const std::string& sql) {
    sqlite3_exec(writer_.handle(), sql.c_str(), nullptr, nullptr, nullptr);  // may fail, and then leaves what it leaves
    if (sqlite3_get_autocommit(writer_.handle()) == 0) EXPECT_TRUE(writer_.execute(below(4) == 0 ? "ROLLBACK" : "COMMIT", "test"));
  }
  /// Changes rows past the log, or the log past its reader.
  void change_unheard() {
    switch (below(3)) {
      case 0:
        sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        run(statement());
        sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
        break;
      case 1: run(some_statements() + "DELETE FROM aljibe_changes WHERE id < (SELECT max(id) FROM aljibe_changes)"); break;
      default: run("BEGIN; UPDATE r SET n = n + 1; DROP TABLE w; " + *writer_.query_text("SELECT sql FROM sqlite_schema WHERE name = 'w'", "test"));
    }
  }
  static void remove_one(State& rows, const std::string& row) {
    if (const auto found = rows.find(row); found != rows.end()) rows.erase(found);
  }
  static void check(const State& before, const State& after, const std::vector<model::RowChange>& changes) {
    State mirror = before;
    std::set<std::string> may_be_gone;
    std::set<std::string> was;
    std::set<std::string> is;
    for (const auto& change : changes) {
      const auto from = change.before ? text_of(change.table, *change.before) : "";
      const auto to = change.after ? text_of(change.table, *change.after) : "";
      if (change.before) remove_one(mirror, from);
      if (change.after) mirror.insert(to);
      (change.after ? was : may_be_gone).insert(from);
      is.insert(to);
    }
    std::vector<std::string> lost;
    std::ranges::set_difference(mirror, after, std::back_inserter(lost));
    EXPECT_THAT(lost, IsEmpty()) << "rows that are gone, and nothing told so";
    std::vector<std::string> kept;
    std::ranges::set_difference(after, mirror, std::back_inserter(kept));
    for (const auto& row : kept) EXPECT_TRUE(may_be_gone.contains(row)) << row << " came from nowhere";
    for (const auto& row : before) EXPECT_TRUE(after.count(row) >= before.count(row) || was.contains(row) || may_be_gone.contains(row)) << row << " vanished";
    for (const auto& row : after) EXPECT_TRUE(before.count(row) >= after.count(row) || is.contains(row)) << row << " appeared";
  }

  std::mt19937 random_{GetParam()};
  std::string folder_;
  sqlite::Connection writer_;
  std::unique_ptr<Database> database_;
  std::uint64_t last_ = 0;
};

TEST_P(Replay, explains_every_difference) {
  start();
  auto before = state();
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    const auto sql = some_statements();
    SCOPED_TRACE(sql);
    run(sql);
    const auto changes = *database_->changes(last_);
    last_ = changes.last;
    auto after = state();
    // A transaction whose only statement failed may still write pages, as they were.
    EXPECT_TRUE(changes.is_whole || after == before);
    check(before, after, changes.rows);
    before = std::move(after);
  }
}

TEST_P(Replay, says_when_it_cannot_explain) {
  start();
  int lost = 0;
  for (int round = 0; round < 30 && !HasFailure(); ++round) {
    run(some_statements());
    last_ = database_->changes(last_)->last;
    const auto before = state();
    change_unheard();
    const auto changes = *database_->changes(last_);
    last_ = changes.last;
    if (changes.is_whole) check(before, state(), changes.rows);
    else ++lost;
    ASSERT_TRUE(database_->start_log());
  }
  EXPECT_GT(lost, 10);
}

/// Looks while another connection commits one number after the other.
TEST_P(Replay, tells_all_that_its_stamp_holds) {
  start();
  ASSERT_TRUE(writer_.execute("INSERT INTO r VALUES (1, 'a', 0)", "test"));
  constexpr std::int64_t last_number = 300;  // fewer rows than are told one by one
  std::map<decltype(model::Snapshot::words), std::int64_t> numbers;  // of a stamp
  std::atomic<bool> is_over{false};
  std::jthread committer([&] {
    for (std::int64_t number = 1; number <= last_number; ++number) {
      EXPECT_TRUE(writer_.execute("UPDATE r SET n = " + std::to_string(number), "test"));
      numbers[database_->snapshot().words] = number;
    }
    is_over = true;
  });
  std::map<decltype(model::Snapshot::words), std::int64_t> told;
  for (std::int64_t number = 0; !is_over;) {
    const auto changes = *database_->changes(last_);
    last_ = changes.last;
    for (const auto& change : changes.rows) number = std::max(number, change.after->at(2).integer);
    told.try_emplace(changes.snapshot.words, number);
  }
  committer.join();
  for (const auto& [stamp, number] : told) EXPECT_GE(number, numbers[stamp]);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Replay, ::testing::Range(0U, 12U));

}  // namespace
}  // namespace aljibe::store
