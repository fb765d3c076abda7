#include "store/sqlite/changelog.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <future>
#include <string>

#include "base/text.h"
#include "query/change.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/target.h"
#include "store/write.h"

namespace aljibe::store {
namespace {

using model::Stored;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string text_of(const Stored& value) {
  switch (value.tag) {
    case Stored::Tag::null: return "NULL";
    case Stored::Tag::integer: return std::to_string(value.integer);
    case Stored::Tag::real: return fmt::format("{}r", value.real);
    case Stored::Tag::text: return "'" + value.bytes + "'";
    case Stored::Tag::blob: break;
  }
  std::string text = "x";
  append_hex(text, value.bytes);
  return text;
}

std::string text_of(const model::StoredRow& row) {
  std::string text;
  for (const auto& value : row) text += (text.empty() ? "" : ",") + text_of(value);
  return "(" + text + ")";
}

/// "t +(1)" was inserted, "t -(1)" removed, "t (1)(2)" updated, "t ?" may have been anything.
std::string text_of(const model::RowChange& change) {
  auto text = change.table + " ";
  if (!change.before && !change.after) return text + "?";
  if (!change.before) text += "+";
  if (!change.after) text += "-";
  for (const auto* row : {&change.before, &change.after}) text += *row ? text_of(**row) : "";
  return text;
}

/// A database that is logged, and another connection that writes to it.
class Changelog : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-changelog-XXXXXX";
    folder_ = mkdtemp(pattern);
    path_ = folder_ + "/shop.db";
    connect();
    write("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)");
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
  void open() {
    auto database = open_sqlite(path_, limits_);
    ASSERT_TRUE(database) << database.error().message();
    database_ = std::move(*database);
  }
  /// Logged, with rows already there, and looked at for the first time.
  void start(const std::string& sql = "") {
    write(sql);
    open();
    const auto started = database_->start_log();
    ASSERT_TRUE(started) << started.error().message();
    EXPECT_FALSE(look().is_whole) << "nothing is known before the first look";
  }
  void write(const std::string& sql) {
    const bool is_done = sqlite3_exec(writer_.handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    ASSERT_TRUE(is_done) << sqlite3_errmsg(writer_.handle()) << " in " << sql;
  }
  model::Changes look() {
    auto changes = database_->changes(last_);
    EXPECT_TRUE(changes) << changes.error().message();
    if (!changes) return {};
    last_ = changes->last;
    return std::move(*changes);
  }
  /// What the next look tells, after "lost" when that is not all.
  std::vector<std::string> told() {
    const auto changes = look();
    std::vector<std::string> texts;
    if (!changes.is_whole) texts.emplace_back("lost");
    for (const auto& change : changes.rows) texts.push_back(text_of(change));
    return texts;
  }
  std::vector<std::string> told(const std::string& sql) {
    write(sql);
    return told();
  }
  std::int64_t number(const std::string& sql) { return writer_.query_integer(sql, "test").value_or(-1); }
  bool is_logged(const std::string& table = "t") {
    const auto catalogue = database_->catalogue();
    const auto* const found = catalogue ? (*catalogue)->find(table) : nullptr;
    return found != nullptr && found->is_logged;
  }
  std::string schema() { return writer_.query_text("SELECT group_concat(name || sql, char(10)) FROM (SELECT * FROM sqlite_schema WHERE name <> 'sqlite_sequence' ORDER BY name)", "test").value_or(""); }

  Limits limits_;
  std::string folder_;
  std::string path_;
  sqlite::Connection writer_;
  std::unique_ptr<Database> database_;
  std::uint64_t last_ = 0;
};

TEST_F(Changelog, tells_rows_as_they_were_and_as_they_are) {
  start();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(told("INSERT INTO t VALUES (1, 'x', NULL)"), ElementsAre("t +(1,'x',NULL)"));
  EXPECT_THAT(told("UPDATE t SET a = 'y'"), ElementsAre("t (1,'x',NULL)(1,'y',NULL)"));
  EXPECT_THAT(told("UPDATE t SET id = 2"), ElementsAre("t (1,'y',NULL)(2,'y',NULL)"));
  EXPECT_THAT(told("DELETE FROM t WHERE id = 2"), ElementsAre("t -(2,'y',NULL)"));
  EXPECT_THAT(told("INSERT INTO t (a) VALUES (1), (2)"), ElementsAre("t +(1,1,NULL)", "t +(2,2,NULL)"));
  EXPECT_THAT(told("DELETE FROM t"), ElementsAre("t -(1,1,NULL)", "t -(2,2,NULL)"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Changelog, says_what_the_database_looked_like) {
  start();
  write("INSERT INTO t VALUES (1, 1, 1)");
  const auto changes = look();
  EXPECT_EQ(changes.snapshot, database_->snapshot());
  EXPECT_EQ(changes.schema_version, (*database_->catalogue())->schema_version);
  const auto before = database_->snapshot();
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(database_->snapshot(), before) << "looking changes nothing";
}

TEST_F(Changelog, keeps_storage_classes) {
  start("CREATE TABLE typed (i INTEGER, r REAL, s TEXT, n NUMERIC, x BLOB, u)");
  write("INSERT INTO typed VALUES (1, 2, 3, '4', 5, 6), ('a', 0.1, CAST(x'610062' AS TEXT), 1e300, x'00ff', NULL), (9223372036854775807, -1e-300, '', 0.5, '', -0.0), (NULL, 'r', x'', x'31', NULL, '7')");
  const auto changes = look();
  ASSERT_TRUE(changes.is_whole);
  ASSERT_EQ(changes.rows.size(), 4U);
  const auto row = [&](std::size_t i) { return *changes.rows[i].after; };
  const auto integer = Stored::of_integer;
  const auto real = Stored::of_real;
  const auto text = Stored::of_text;
  const auto blob = Stored::of_blob;
  EXPECT_EQ(row(0), (model::StoredRow{integer(1), real(2), text("3"), integer(4), integer(5), integer(6)}));
  EXPECT_EQ(row(1), (model::StoredRow{text("a"), real(0.1), text(std::string("a\0b", 3)), real(1e300), blob(std::string("\0\xff", 2)), {}}));
  EXPECT_EQ(row(2), (model::StoredRow{integer(INT64_MAX), real(-1e-300), text(""), real(0.5), text(""), real(-0.0)}));
  EXPECT_TRUE(std::signbit(row(2)[5].real));
  EXPECT_EQ(row(3), (model::StoredRow{{}, text("r"), blob(""), blob("1"), {}, text("7")}));
}

TEST_F(Changelog, tells_rows_that_are_replaced) {
  start("CREATE TABLE u (id INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE UNIQUE, n); INSERT INTO u VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
  ASSERT_EQ(number("PRAGMA recursive_triggers"), 0);
  EXPECT_THAT(told("INSERT OR REPLACE INTO u VALUES (1, 'd', 10)"), ElementsAre("u -(1,'a',1)", "u +(1,'d',10)"));
  EXPECT_THAT(told("REPLACE INTO u (code, n) VALUES ('B', 20)"), ElementsAre("u -(2,'b',2)", "u +(4,'B',20)"));
  EXPECT_THAT(told("UPDATE OR REPLACE u SET code = 'D' WHERE id = 3"), ElementsAre("u -(1,'d',10)", "u (3,'c',3)(3,'D',3)"));
  EXPECT_THAT(told("UPDATE OR REPLACE u SET id = 4 WHERE id = 3"), ElementsAre("u -(4,'B',20)", "u (3,'D',3)(4,'D',3)"));
  EXPECT_THAT(told("INSERT INTO u VALUES (3, 'e', 1)"), ElementsAre("u +(3,'e',1)"));
  EXPECT_THAT(told("UPDATE OR REPLACE u SET rowid = 4 WHERE id = 3"), ElementsAre("u -(4,'D',3)", "u (3,'e',1)(4,'e',1)"));
  EXPECT_THAT(told("UPDATE u SET code = 'E'"), ElementsAre("u (4,'e',1)(4,'E',1)")) << "the row itself is no other one";
}

TEST_F(Changelog, tells_each_row_that_one_row_replaces) {
  start("CREATE TABLE u (a UNIQUE, b, c, UNIQUE (b, c)); INSERT INTO u VALUES (1, 1, 1), (2, 2, 2)");
  EXPECT_THAT(told("REPLACE INTO u VALUES (1, 2, 2)"), ElementsAre("u -(1,1,1)", "u -(2,2,2)", "u +(1,2,2)"));
  EXPECT_THAT(told("REPLACE INTO u (rowid, a) VALUES ((SELECT rowid FROM u), 5)"), ElementsAre("u -(1,2,2)", "u +(5,NULL,NULL)"));
  EXPECT_THAT(told("REPLACE INTO u VALUES (NULL, NULL, 1), (NULL, NULL, 1)"), ElementsAre("u +(NULL,NULL,1)", "u +(NULL,NULL,1)"));
}

TEST_F(Changelog, tells_of_conflicts_only_what_comes_of_them) {
  start("CREATE TABLE u (id INTEGER PRIMARY KEY, code UNIQUE, n); INSERT INTO u VALUES (1, 'a', 1)");
  EXPECT_THAT(told("INSERT INTO u VALUES (1, 'z', 2) ON CONFLICT (id) DO UPDATE SET n = excluded.n"), ElementsAre("u (1,'a',1)(1,'a',2)"));
  EXPECT_THAT(told("INSERT OR IGNORE INTO u VALUES (1, 'b', 3); INSERT INTO u VALUES (9, 'a', 3) ON CONFLICT DO NOTHING"), IsEmpty());
  EXPECT_THAT(told("INSERT INTO u VALUES (2, 'b', 0); UPDATE OR IGNORE u SET id = 1 WHERE id = 2"), ElementsAre("u +(2,'b',0)"));
  EXPECT_NE(sqlite3_exec(writer_.handle(), "INSERT INTO u VALUES (1, 'x', 1)", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Changelog, says_that_a_default_may_have_replaced_a_row) {
  start("CREATE TABLE u (a INTEGER NOT NULL DEFAULT (1 + 1) UNIQUE, b); INSERT INTO u VALUES (2, 'old')");
  EXPECT_THAT(told("INSERT OR REPLACE INTO u VALUES (NULL, 'new')"), ElementsAre("u ?", "u +(2,'new')"));
  EXPECT_THAT(told("INSERT OR REPLACE INTO u (b) VALUES ('newer')"), ElementsAre("u -(2,'new')", "u +(2,'newer')"));
  EXPECT_THAT(told("INSERT INTO u VALUES (3, 'x'); UPDATE OR REPLACE u SET a = NULL WHERE a = 3"), ElementsAre("u +(3,'x')", "u ?", "u (3,'x')(2,'x')"));
}

TEST_F(Changelog, tells_what_triggers_and_references_of_others_do) {
  start("CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE); INSERT INTO t VALUES (1, 1, 1); INSERT INTO child VALUES (5, 1); PRAGMA foreign_keys = ON;"
        "CREATE TABLE audit (what); CREATE TRIGGER mine AFTER DELETE ON child BEGIN INSERT INTO audit VALUES (OLD.id); END");
  EXPECT_THAT(told("UPDATE t SET id = 2"), ElementsAre("child (5,1)(5,2)", "t (1,1,1)(2,1,1)"));
  EXPECT_THAT(told("REPLACE INTO t VALUES (2, 2, 2)"), ElementsAre("t -(2,1,1)", "child -(5,2)", "audit +(5)", "t +(2,2,2)"));
}

TEST_F(Changelog, knows_tables_without_rowid) {
  start("CREATE TABLE w (a TEXT COLLATE NOCASE, b INTEGER, c, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO w VALUES ('x', 1, 0), ('y', 1, 0)");
  ASSERT_TRUE(is_logged("w"));
  EXPECT_THAT(told("UPDATE w SET a = 'X' WHERE a = 'x'"), ElementsAre("w ('x',1,0)('X',1,0)"));
  EXPECT_THAT(told("UPDATE OR REPLACE w SET a = 'Y' WHERE a = 'x'"), ElementsAre("w -('y',1,0)", "w ('X',1,0)('Y',1,0)"));
  EXPECT_THAT(told("REPLACE INTO w VALUES ('y', 1, 5)"), ElementsAre("w -('Y',1,0)", "w +('y',1,5)"));
  EXPECT_THAT(told("DELETE FROM w"), ElementsAre("w -('y',1,5)"));
}

TEST_F(Changelog, takes_any_name) {
  start(R"(CREATE TABLE "a""b'c" ("x y" UNIQUE, "select", "q""'"); CREATE TABLE "select" ("new" INTEGER PRIMARY KEY, "kept", "rowid");
           CREATE TABLE "x y" (rowid, _rowid_, oid UNIQUE); CREATE TABLE "ünï" ("%" PRIMARY KEY))");
  EXPECT_THAT(told(R"(INSERT INTO "a""b'c" VALUES (1, 2, 3); REPLACE INTO "a""b'c" VALUES (1, 5, 6))"), ElementsAre("a\"b'c +(1,2,3)", "a\"b'c -(1,2,3)", "a\"b'c +(1,5,6)"));
  EXPECT_THAT(told(R"(INSERT INTO "select" VALUES (1, 2, 3); REPLACE INTO "select" VALUES (1, 5, 6))"), ElementsAre("select +(1,2,3)", "select -(1,2,3)", "select +(1,5,6)"));
  EXPECT_THAT(told(R"(INSERT INTO "x y" VALUES (1, 2, 3); UPDATE "x y" SET oid = 4)"), ElementsAre("x y +(1,2,3)", "x y (1,2,3)(1,2,4)"));
  EXPECT_THAT(told(R"(INSERT INTO "ünï" VALUES ('p'); DELETE FROM "ünï")"), ElementsAre("ünï +('p')", "ünï -('p')"));
  for (const auto* const name : {"a\"b'c", "select", "x y", "ünï"}) EXPECT_TRUE(is_logged(name)) << name;
}

TEST_F(Changelog, tells_nothing_that_was_undone) {
  start();
  EXPECT_THAT(told("BEGIN; INSERT INTO t VALUES (1, 1, 1); ROLLBACK"), IsEmpty());
  EXPECT_THAT(told("BEGIN; INSERT INTO t VALUES (1, 1, 1); SAVEPOINT s; INSERT INTO t VALUES (2, 2, 2); ROLLBACK TO s; INSERT INTO t VALUES (3, 3, 3); RELEASE s; COMMIT"),
              ElementsAre("t +(1,1,1)", "t +(3,3,3)"));
  write("BEGIN; DELETE FROM t");
  EXPECT_THAT(told(), IsEmpty()) << "what is not committed";
  EXPECT_THAT(told("COMMIT"), ElementsAre("t -(1,1,1)", "t -(3,3,3)"));
}

TEST_F(Changelog, tells_what_a_statement_that_failed_halfway_left_behind) {
  start();
  EXPECT_NE(sqlite3_exec(writer_.handle(), "INSERT OR FAIL INTO t VALUES (1, 1, 1), (2, 2, 2), (1, 3, 3)", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_THAT(told(), ElementsAre("t +(1,1,1)", "t +(2,2,2)"));
  EXPECT_THAT(told("INSERT INTO t VALUES (4, 4, 4)"), ElementsAre("t +(4,4,4)"));
}

TEST_F(Changelog, a_changed_table_is_logged_again_when_its_triggers_are_mended) {
  start("INSERT INTO t VALUES (1, 1, 1)");
  EXPECT_THAT(told("ALTER TABLE t ADD COLUMN c DEFAULT 7"), ElementsAre("lost"));
  EXPECT_FALSE(is_logged());
  EXPECT_THAT(told("UPDATE t SET a = 2"), ElementsAre("t (1,1,1)(1,2,1)")) << "of a table that is not logged";
  ASSERT_TRUE(database_->start_log());
  EXPECT_TRUE(is_logged());
  EXPECT_THAT(told(), ElementsAre("lost"));
  EXPECT_THAT(told("UPDATE t SET a = 3"), ElementsAre("t (1,2,1,7)(1,3,1,7)"));
  EXPECT_THAT(told("ALTER TABLE t RENAME COLUMN c TO d"), ElementsAre("lost"));
  EXPECT_TRUE(is_logged()) << "SQLite wrote the new name into the triggers";
  EXPECT_THAT(told("ALTER TABLE t RENAME TO s"), ElementsAre("lost"));
  EXPECT_FALSE(is_logged("s"));
  ASSERT_TRUE(database_->start_log());
  EXPECT_TRUE(is_logged("s"));
  EXPECT_THAT(schema(), ::testing::Not(HasSubstr("aljibe_changes_inserted_t\"")));
}

TEST_F(Changelog, a_table_is_logged_only_with_all_its_triggers) {
  for (const std::string what : {"inserted", "updated", "removed", "inserting", "updating"}) {
    start();
    ASSERT_TRUE(is_logged());
    EXPECT_THAT(told("DROP TRIGGER aljibe_changes_" + what + "_t"), ElementsAre("lost"));
    EXPECT_FALSE(is_logged()) << what;
    last_ = 0;
  }
  start();
  write("DROP TRIGGER aljibe_changes_removed_t; CREATE TRIGGER aljibe_changes_removed_t AFTER DELETE ON t BEGIN SELECT 1; END");
  EXPECT_FALSE(is_logged());
  start();
  write("DROP TABLE aljibe_changes");
  EXPECT_FALSE(is_logged());
  EXPECT_THAT(told(), ElementsAre("lost"));
}

TEST_F(Changelog, a_new_unique_index_asks_for_other_triggers) {
  start("INSERT INTO t VALUES (1, 'a', 1)");
  write("CREATE UNIQUE INDEX by_a ON t (a COLLATE NOCASE)");
  EXPECT_FALSE(is_logged());
  ASSERT_TRUE(database_->start_log());
  EXPECT_TRUE(is_logged());
  look();
  EXPECT_THAT(told("REPLACE INTO t VALUES (2, 'A', 2)"), ElementsAre("t -(1,'a',1)", "t +(2,'A',2)"));
}

TEST_F(Changelog, leaves_out_what_it_cannot_tell) {
  std::string wide;
  for (int i = 0; i < 901; ++i) wide += (i == 0 ? "c" : ", c") + std::to_string(i);
  start("CREATE TABLE partial (a, b); CREATE UNIQUE INDEX some ON partial (a) WHERE b; CREATE TABLE expression (a); CREATE UNIQUE INDEX low ON expression (lower(a));"
        "CREATE TABLE generated (a, b AS (a + 1)); CREATE TABLE stored (a, b AS (a + 1) STORED); CREATE VIEW v AS SELECT * FROM t; CREATE VIRTUAL TABLE words USING fts5 (a); CREATE TABLE wide (" + wide + ");"
        "CREATE TABLE hiding (a); CREATE TRIGGER hide AFTER INSERT ON hiding BEGIN SELECT RAISE(IGNORE); END; CREATE TABLE strict (a INTEGER, b ANY) STRICT");
  for (const auto* const name : {"partial", "expression", "generated", "stored", "v", "words", "wide", "hiding"}) EXPECT_FALSE(is_logged(name)) << name;
  EXPECT_TRUE(is_logged());
  EXPECT_TRUE(is_logged("strict"));
  EXPECT_THAT(told("INSERT INTO partial VALUES (1, 1)"), ElementsAre("lost"));
  EXPECT_THAT(told("INSERT INTO words VALUES ('x')"), ElementsAre("lost"));
}

TEST_F(Changelog, takes_the_widest_table_that_sqlite_lets_it_tell) {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += (i == 0 ? "c" : ", c") + std::to_string(i);
  start("CREATE TABLE wide (" + wide + ")");
  EXPECT_TRUE(is_logged("wide"));
  write("INSERT INTO wide (c0, c99) VALUES (1, 2)");
  look();
  write("UPDATE wide SET c99 = 3");
  const auto changes = look();
  ASSERT_EQ(changes.rows.size(), 1U);
  EXPECT_EQ(changes.rows[0].before->at(99), Stored::of_integer(2));
  EXPECT_EQ(changes.rows[0].after->at(99), Stored::of_integer(3));
}

TEST_F(Changelog, a_commit_that_the_log_does_not_explain_is_noticed) {
  start();
  sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  EXPECT_THAT(told("INSERT INTO t VALUES (1, 1, 1)"), ElementsAre("lost"));
  EXPECT_THAT(told(), IsEmpty());
  sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
  EXPECT_THAT(told("UPDATE t SET a = 2"), ElementsAre("t (1,1,1)(1,2,1)"));
}

TEST_F(Changelog, tells_only_who_goes_on_where_the_last_look_ended) {
  start();
  write("INSERT INTO t VALUES (1, 1, 1)");
  const auto before = last_;
  look();
  write("INSERT INTO t VALUES (2, 2, 2)");
  EXPECT_FALSE(database_->changes(before)->is_whole);
  EXPECT_FALSE(database_->changes(0)->is_whole);
}

TEST_F(Changelog, of_very_many_rows_only_the_tables_are_told) {
  start("CREATE TABLE u (a)");
  EXPECT_THAT(told("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n <= 1000) INSERT INTO t SELECT n, n, n FROM c"), ElementsAre("t ?"));
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(told("DELETE FROM t WHERE id = 7"), ElementsAre("t -(7,7,7)"));
  EXPECT_THAT(told("DELETE FROM t WHERE id > 900; DELETE FROM t; INSERT INTO u VALUES (1)"), ElementsAre("t ?", "u ?"));
  write("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) INSERT INTO t SELECT n, n, n FROM c");
  EXPECT_EQ(look().rows.size(), 1'000U);
}

TEST_F(Changelog, is_kept_short) {
  start();
  for (int i = 0; i < 300; ++i) {
    write("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 400) INSERT INTO t (a) SELECT n FROM c");
    const auto changes = look();
    EXPECT_TRUE(changes.is_whole) << i;
    EXPECT_EQ(changes.rows.size(), 400U);
    EXPECT_THAT(told(), IsEmpty()) << "the commit that removed old rows explains itself";
  }
  EXPECT_LE(number("SELECT count(*) FROM aljibe_changes"), 50'000);
  EXPECT_GT(number("SELECT min(id) FROM aljibe_changes"), 50'000);
}

TEST_F(Changelog, rows_that_are_gone_before_they_were_read_are_missed) {
  start();
  write("INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)");
  write("DELETE FROM aljibe_changes WHERE id <= (SELECT max(id) FROM aljibe_changes) - 1");
  EXPECT_THAT(told(), ElementsAre("lost"));
  EXPECT_THAT(told("DELETE FROM t WHERE id = 1"), ElementsAre("t -(1,1,1)"));
}

TEST_F(Changelog, ids_that_are_given_again_are_no_going_on) {
  start();
  write("INSERT INTO t VALUES (1, 1, 1)");
  look();
  write("DELETE FROM aljibe_changes; INSERT INTO t VALUES (2, 2, 2), (3, 3, 3), (4, 4, 4)");
  ASSERT_GE(number("SELECT max(id) FROM aljibe_changes"), 2);
  EXPECT_THAT(told(), ElementsAre("lost"));
  EXPECT_THAT(told("DELETE FROM t WHERE id = 1"), ElementsAre("t -(1,1,1)"));
}

TEST_F(Changelog, another_file_is_another_log) {
  start("INSERT INTO t VALUES (1, 1, 1)");
  writer_ = {};
  const auto other = folder_ + "/other.db";
  std::filesystem::copy_file(path_, other);
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  std::filesystem::rename(other, path_);
  EXPECT_THAT(told(), ElementsAre("lost"));
}

TEST_F(Changelog, works_without_wal) {
  write("PRAGMA journal_mode=DELETE");
  start();
  EXPECT_THAT(told("INSERT INTO t VALUES (1, 1, 1)"), ElementsAre("t +(1,1,1)"));
  EXPECT_THAT(told("CREATE TABLE other (a)"), ElementsAre("lost"));
  EXPECT_THAT(told("INSERT INTO other VALUES (1)"), ElementsAre("lost"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Changelog, starting_again_writes_nothing) {
  start("CREATE TABLE u (a UNIQUE, b)");
  const auto before = database_->snapshot();
  ASSERT_TRUE(database_->start_log());
  EXPECT_EQ(database_->snapshot(), before);
  EXPECT_THAT(told(), IsEmpty());
  write("CREATE TABLE wider (a, b, c, d, e)");
  const auto ids = number("SELECT max(id) FROM aljibe_changes");
  ASSERT_TRUE(database_->start_log());
  EXPECT_GT(number("SELECT max(id) FROM aljibe_changes"), ids) << "ids go on in a wider log";
  EXPECT_TRUE(is_logged() && is_logged("wider"));
}

TEST_F(Changelog, stopping_leaves_the_schema_as_it_was) {
  write("CREATE TABLE u (a UNIQUE, b); CREATE TRIGGER mine AFTER INSERT ON u BEGIN SELECT 1; END");
  const auto before = schema();
  start();
  EXPECT_NE(schema(), before);
  ASSERT_TRUE(database_->stop_log());
  EXPECT_EQ(schema(), before);
  EXPECT_FALSE(is_logged());
  EXPECT_THAT(told("INSERT INTO t VALUES (1, 1, 1)"), ElementsAre("lost"));
  ASSERT_TRUE(database_->stop_log());
}

/// Without the rights of root as long as it lives.
class Humble {
 public:
  Humble() : user_(geteuid()) { if (user_ == 0) EXPECT_EQ(seteuid(65'534), 0); }
  ~Humble() { if (user_ == 0) EXPECT_EQ(seteuid(user_), 0); }
  Humble(const Humble&) = delete;
  Humble& operator=(const Humble&) = delete;

 private:
  uid_t user_;
};

TEST_F(Changelog, a_file_that_can_only_be_read_is_not_logged) {
  write("PRAGMA journal_mode=DELETE; INSERT INTO t VALUES (1, 1, 1)");
  struct Rights { mode_t folder, file; };
  for (const auto& [folder, file] : {Rights{0777, 0444}, Rights{0555, 0666}}) {
    ASSERT_EQ(::chmod(folder_.c_str(), folder), 0);
    ASSERT_EQ(::chmod(path_.c_str(), file), 0);
    const Humble humble;
    open();
    const auto started = database_->start_log();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code(), Code::file_unwritable);
    EXPECT_FALSE(is_logged());
    EXPECT_THAT(told(), ElementsAre("lost"));
  }
}

TEST_F(Changelog, waits_only_so_long_for_another_program) {
  open();
  write("BEGIN IMMEDIATE");
  const auto started = database_->start_log();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Code::database_busy);
  write("COMMIT");
  EXPECT_TRUE(database_->start_log());
}

TEST_F(Changelog, says_how_values_compare) {
  start(R"(CREATE TABLE c (i INTEGER, d DECIMAL(7,2), r DOUBLE, f BOOLEAN, s VARCHAR(9), day DATE, at TIMESTAMP, j JSON, x BLOB, u, folded TEXT COLLATE NOCASE, n INTEGER COLLATE RTRIM, any ANY, g TEXT AS (s));
           CREATE VIEW v AS SELECT i, s FROM c)");
  const auto catalogue = *database_->catalogue();
  std::string text;
  for (const auto& column : catalogue->find("c")->columns) text += column.comparing == model::Comparing::numbers ? "n" : column.comparing == model::Comparing::bytes ? "b" : "-";
  EXPECT_EQ(text, "nnnnbb--------");
  for (const auto& column : catalogue->find("v")->columns) EXPECT_EQ(column.comparing, model::Comparing::unknown);
}

/// Changes by this program, and loads into the file.
class OwnChanges : public Changelog {
 protected:
  /// Of a row with the id 1; an update is of the row 9.
  Result<Written> make(query::Action action, std::optional<Once> once) {
    auto catalogue = ALJ_TRY(database_->catalogue());
    const auto query = ALJ_TRY(query::parse(action == query::Action::update ? "id=eq.9" : "", limits_));
    auto plan = ALJ_TRY(query::make_plan(query, "t", std::move(catalogue), limits_));
    Write write{.change = ALJ_TRY(query::make_change(query, {}, action, query::Resolution::none, {"id"}, std::move(plan), {limits_}))};
    write.change.records = {.columns_count = 1, .rows_count = 1, .values = {model::Value::of_text("1")}, .absent = {}, .bytes = {}};
    write.once = std::move(once);
    write.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::promise<Result<Written>> promise;
    auto outcome = promise.get_future();
    database_->write(std::move(write), [&promise](Result<Written> written) { promise.set_value(std::move(written)); });
    return outcome.get();
  }
  sqlite::Target target() {
    writer_ = {};
    auto target = sqlite::Target::open(path_, sqlite::Target::Restart::no);
    EXPECT_TRUE(target) << target.error().message();
    return std::move(*target);
  }
};

TEST_F(OwnChanges, explain_themselves) {
  start();
  EXPECT_FALSE(make(query::Action::insert, Once{.key = "first", .fingerprint = "f"})) << "makes the table of keys, so that it is planned again";
  look();
  ASSERT_TRUE(make(query::Action::insert, Once{.key = "k", .fingerprint = "f"}));
  EXPECT_THAT(told(), ElementsAre("t +(1,NULL,NULL)"));
  const auto before = database_->snapshot();
  const auto nothing = make(query::Action::update, Once{.key = "l", .fingerprint = "f"});
  ASSERT_TRUE(nothing) << nothing.error().message();
  EXPECT_EQ(nothing->affected, 0U);
  EXPECT_NE(database_->snapshot(), before) << "its key is kept";
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(OwnChanges, loads_that_add_rows_are_not_told_one_by_one) {
  start();
  {
    auto loading = target();
    const model::Table staging{.name = "aljibe_load_1_t", .columns = {{.name = "id", .type = {model::Kind::integer}}, {.name = "a"}}};
    ASSERT_TRUE(loading.make_staging(staging, sqlite::Positions::forgotten));
    ASSERT_TRUE(loading.connection().execute("INSERT INTO aljibe_load_1_t VALUES (1, 'x'), (2, 'y'); BEGIN", "test"));
    ASSERT_TRUE(loading.merge(staging, **loading.existing("t"), model::Mode::append));
    ASSERT_TRUE(loading.connection().execute("COMMIT", "test"));
  }
  connect();
  EXPECT_EQ(number("SELECT count(*) FROM t"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM aljibe_changes WHERE source IS NOT NULL"), 0);
  EXPECT_THAT(told(), ElementsAre("lost"));
  EXPECT_TRUE(is_logged());
}

TEST_F(OwnChanges, a_table_that_a_load_replaces_stays_logged) {
  start("CREATE TABLE wide (a, b, c, d, e); CREATE TRIGGER mine AFTER INSERT ON t BEGIN SELECT 1; END");
  {
    auto loading = target();
    const model::Table staging{.name = "aljibe_load_1_t", .columns = {{.name = "other"}, {.name = "b"}}};
    ASSERT_TRUE(loading.make_staging(staging, sqlite::Positions::forgotten));
    ASSERT_TRUE(loading.connection().execute("BEGIN", "test"));
    ASSERT_TRUE(loading.replace(staging, "t"));
    ASSERT_TRUE(loading.connection().execute("COMMIT", "test"));
  }
  connect();
  EXPECT_THAT(told(), ElementsAre("lost"));
  EXPECT_TRUE(is_logged());
  EXPECT_THAT(schema(), HasSubstr("TRIGGER mine"));
  EXPECT_THAT(told("INSERT INTO t VALUES ('p', 'q')"), ElementsAre("t +('p','q')"));
}

}  // namespace
}  // namespace aljibe::store
