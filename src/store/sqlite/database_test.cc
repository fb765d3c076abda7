#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "query/like.h"
#include "query/query.h"
#include "store/sqlite/connection.h"

namespace aljibe::store {
namespace {

using ::testing::HasSubstr;
using std::chrono::steady_clock;

/// A folder with one database; `url` answers as the API would.
class Reading : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-store-XXXXXX";
    folder_ = mkdtemp(pattern);
    path_ = folder_ + "/shop.db";
    write("PRAGMA journal_mode=WAL");
    write(R"(CREATE TABLE products (asin TEXT PRIMARY KEY NOT NULL, title TEXT, price DECIMAL(7,2), stars REAL, isBestSeller BOOLEAN, added TIMESTAMP, category_id INTEGER REFERENCES categories(id), extra JSON);
             CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT);
             CREATE VIEW cheap AS SELECT asin, price FROM products WHERE price < 10;
             CREATE TABLE aljibe_runs (id INTEGER);
             INSERT INTO categories VALUES (1, 'Bags'), (2, 'Über');
             INSERT INTO products VALUES ('0001', 'Red bag', 11.99, 4.5, 1, '2024-01-02T03:04:05', 1, '{"a": [1, 2]}'),
               ('0002', 'blue BAG 30"', 12, 4, 0, NULL, 1, NULL), ('0003', 'Grün', 7.5, NULL, NULL, '2023-01-01', 2, 'no json'), ('0004', NULL, NULL, 5, 1, NULL, NULL, NULL);)");
    open();
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    auto database = open_sqlite(path_, limits_);
    ASSERT_TRUE(database) << database.error().message();
    database_ = std::move(*database);
  }
  void write(const std::string& sql) const {
    auto connection = sqlite::Connection::open(path_, sqlite::Access::create);
    ASSERT_TRUE(connection);
    const auto done = connection->execute(sql, "test");
    ASSERT_TRUE(done) << done.error().message();
  }
  Result<Rows> run(std::string_view url, Shape shape = {}, query::Count count = query::Count::none, std::string_view table = "products") {
    auto query = ALJ_TRY(query::parse(url, limits_));
    query.count = count;
    auto catalogue = ALJ_TRY(database_->catalogue());
    const auto plan = ALJ_TRY(query::make_plan(query, table, std::move(catalogue), limits_));
    return database_->run(plan, shape, steady_clock::now() + std::chrono::seconds(30));
  }
  std::string get(std::string_view url, Shape shape = {}) {
    auto rows = run(url, shape);
    return rows ? rows->text : std::string(name(rows.error().code())) + ": " + std::string(rows.error().message());
  }
  /// The keys that a filter selects.
  std::string keys(const std::string& filter) { return get("select=asin&" + filter, {.media = Media::csv}).substr(5); }

  Limits limits_;
  std::string folder_;
  std::string path_;
  std::unique_ptr<Database> database_;
};

TEST_F(Reading, values_leave_as_their_declared_types_say) {
  EXPECT_EQ(get("asin=eq.0001"), R"([{"asin":"0001","title":"Red bag","price":11.99,"stars":4.5,"isBestSeller":true,"added":"2024-01-02T03:04:05","category_id":1,"extra":{"a":[1,2]}}])");
  EXPECT_EQ(get("asin=eq.0002&select=price,isBestSeller,added"), R"([{"price":12.00,"isBestSeller":false,"added":null}])");
  EXPECT_EQ(get("asin=eq.0003&select=extra"), R"([{"extra":"no json"}])");
  EXPECT_EQ(get("asin=eq.0004", {.nulls = NullValues::stripped}), R"([{"asin":"0004","stars":5,"isBestSeller":true}])");
  EXPECT_EQ(get("asin=eq.none"), "[]");
}

TEST_F(Reading, selects_renames_and_casts) {
  EXPECT_EQ(get("asin=eq.0001&select=code:asin,price::text,stars::integer"), R"([{"code":"0001","price":"11.99","stars":4}])");
  EXPECT_EQ(get("asin=eq.0002&select=*,again:asin").substr(0, 16), R"([{"asin":"0002",)");
}

TEST_F(Reading, writes_csv_and_single_objects) {
  EXPECT_EQ(get("select=asin,title&order=asin&limit=2", {.media = Media::csv}), "asin,title\n0001,Red bag\n0002,\"blue BAG 30\"\"\"\n");
  EXPECT_EQ(get("asin=eq.0001&select=stars", {.media = Media::object}), R"({"stars":4.5})");
  auto several = run("", {.media = Media::object});
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code(), Code::singular_mismatch);
  EXPECT_EQ(several.error().details(), "The result contains 4 rows");
}

TEST_F(Reading, every_operator_selects_what_postgresql_would) {
  EXPECT_EQ(keys("price=eq.12"), "0002\n");
  EXPECT_EQ(keys("price=neq.12"), "0001\n0003\n");
  EXPECT_EQ(keys("price=gt.7.5&price=lte.12"), "0001\n0002\n");
  EXPECT_EQ(keys("price=lt.11.99"), "0003\n");
  EXPECT_EQ(keys("stars=gte.4.5"), "0001\n0004\n");
  EXPECT_EQ(keys("title=like.*bag*"), "0001\n");
  EXPECT_EQ(keys("title=ilike.*bag*"), "0001\n0002\n");
  EXPECT_EQ(keys("title=ilike.GRÜ_"), "0003\n");
  EXPECT_EQ(keys("title=match.%5Eblue"), "0002\n");
  EXPECT_EQ(keys("title=imatch.BAG%24"), "0001\n");
  EXPECT_EQ(keys("asin=in.(0001,0003,\"x\")"), "0001\n0003\n");
  EXPECT_EQ(keys("asin=in.()"), "");
  EXPECT_EQ(keys("title=is.null"), "0004\n");
  EXPECT_EQ(keys("title=not.is.null"), "0001\n0002\n0003\n");
  EXPECT_EQ(keys("isBestSeller=is.true"), "0001\n0004\n");
  EXPECT_EQ(keys("isBestSeller=is.unknown"), "0003\n");
  EXPECT_EQ(keys("isBestSeller=eq.false"), "0002\n");
  EXPECT_EQ(keys("category_id=isdistinct.1"), "0003\n0004\n");
  EXPECT_EQ(keys("category_id=not.eq.1"), "0003\n");
  EXPECT_EQ(keys("title=like(any).{Red*,Gr*}"), "0001\n0003\n");
  EXPECT_EQ(keys("title=ilike(all).{*bag*,*30*}"), "0002\n");
  EXPECT_EQ(keys("or=(price.lt.8,and(stars.gte.4.5,title.not.is.null))"), "0001\n0003\n");
  EXPECT_EQ(keys("not.or=(price.lt.8,price.gt.11.99)"), "0001\n");
  EXPECT_EQ(keys("added=gte.2024-01-01"), "0001\n");
}

TEST_F(Reading, orders_with_nulls_where_postgresql_puts_them) {
  EXPECT_EQ(keys("order=price"), "0003\n0001\n0002\n0004\n");
  EXPECT_EQ(keys("order=price.desc"), "0004\n0002\n0001\n0003\n");
  EXPECT_EQ(keys("order=price.asc.nullsfirst"), "0004\n0003\n0001\n0002\n");
  EXPECT_EQ(keys("order=price.desc.nullslast&limit=2&offset=1"), "0001\n0003\n");
}

TEST_F(Reading, cursors_visit_every_row_once_whatever_the_order) {
  for (const std::string order : {"price", "price.desc", "price.asc.nullsfirst", "price.desc.nullslast", "isBestSeller,price.desc", "asin.desc", "stars.desc,title"}) {
    const auto whole = keys("order=" + order);
    std::string pages;
    std::string after;
    for (int page = 0; page < 10; ++page) {
      auto rows = run("select=asin&limit=1&order=" + order + after, {.media = Media::csv});
      ASSERT_TRUE(rows) << rows.error().message();
      pages += rows->text.substr(5);
      if (!rows->next_cursor) break;
      after = "&after=" + *rows->next_cursor;
    }
    EXPECT_EQ(pages, whole) << order;
  }
}

TEST_F(Reading, names_the_place_of_the_first_row_beyond_the_page) {
  using Tag = query::CursorValue::Tag;
  const auto beyond = run("select=title&order=price.desc.nullslast&limit=2")->edges.beyond;
  ASSERT_EQ(beyond.size(), 2U);
  EXPECT_TRUE(beyond[0].tag == Tag::real && beyond[0].text == "7.5");
  EXPECT_TRUE(beyond[1].tag == Tag::text && beyond[1].text == "0003") << "the key makes the order total";
  EXPECT_TRUE(run("limit=4")->edges.beyond.empty());
  EXPECT_EQ(run("order=asin&limit=0")->edges.beyond.size(), 1U);
}

TEST_F(Reading, counts_beyond_the_page) {
  auto rows = run("stars=gte.4&limit=1", {}, query::Count::exact);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->total, 3U);
  EXPECT_TRUE(rows->next_cursor);
  EXPECT_FALSE(run("limit=4")->next_cursor) << "the last page has no next";
}

TEST_F(Reading, planned_counts_come_from_statistics_and_estimated_ones_are_exact_while_small) {
  const auto total = [&](std::string_view url, query::Count count, std::string_view table = "products") { return run(url, {}, count, table)->total.value_or(99); };
  EXPECT_EQ(total("", query::Count::planned), 4U) << "the largest rowid";
  EXPECT_EQ(total("asin=eq.0001", query::Count::planned), 1U) << "a key";
  EXPECT_EQ(total("price=gt.8", query::Count::estimated), 2U);
  EXPECT_EQ(total("", query::Count::planned, "cheap"), 1U) << "views are counted";
  write("CREATE TABLE many (n INTEGER, half INTEGER); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30000) INSERT INTO many SELECT n, n % 2 FROM c; CREATE INDEX halves ON many(half); ANALYZE");
  EXPECT_EQ(total("", query::Count::estimated, "many"), 30'000U);
  EXPECT_EQ(total("half=eq.1", query::Count::planned, "many"), 15'000U);
  EXPECT_GE(total("n=gt.1", query::Count::estimated, "many"), 10'001U) << "no less than was seen";
}

TEST_F(Reading, refusals_name_the_cause_and_show_no_sql) {
  EXPECT_THAT(get("title=fts.bag"), HasSubstr("operator_unsupported: The operator 'fts' needs a text index, and products has none"));
  EXPECT_THAT(get("title=cs.bag"), HasSubstr("operator_unsupported: The operator 'cs' cannot be evaluated by SQLite"));
  EXPECT_THAT(get("title=match.(("), HasSubstr("pattern_invalid: invalid regular expression"));
  EXPECT_THAT(get("asin=eq.a'b%22;--"), HasSubstr("[]"));
  const auto plan = query::make_plan(*query::parse("title=match.x", limits_), "products", *database_->catalogue(), limits_);
  auto late = database_->run(*plan, {}, steady_clock::now() - std::chrono::seconds(1));
  EXPECT_TRUE(late) << "a handful of steps is done before the clock is looked at";
}

TEST_F(Reading, deadlines_end_a_long_read) {
  write("CREATE TABLE many (n INTEGER); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000) INSERT INTO many SELECT n FROM c");
  const auto plan = query::make_plan(*query::parse("n=match.xyz", limits_), "many", *database_->catalogue(), limits_);
  ASSERT_TRUE(plan);
  auto late = database_->run(*plan, {}, steady_clock::now() - std::chrono::seconds(1));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Code::deadline_exceeded);
}

TEST_F(Reading, serves_tables_and_views_but_not_its_own) {
  const auto catalogue = *database_->catalogue();
  EXPECT_NE(catalogue->find("cheap"), nullptr);
  EXPECT_EQ(catalogue->find("aljibe_runs"), nullptr);
  const auto* products = catalogue->find("products");
  ASSERT_NE(products, nullptr);
  EXPECT_EQ(products->primary_key, std::vector<std::size_t>{0});
  ASSERT_EQ(products->foreign_keys.size(), 1U);
  EXPECT_EQ(products->foreign_keys[0].table, "categories");
  EXPECT_EQ(run("", {}, query::Count::none, "cheap")->text, R"([{"asin":"0003","price":7.50}])");
}

TEST_F(Reading, a_changed_schema_asks_for_a_new_plan) {
  const auto plan = query::make_plan(*query::parse("", limits_), "products", *database_->catalogue(), limits_);
  write("ALTER TABLE products ADD COLUMN colour TEXT");
  auto rows = database_->run(*plan, {}, steady_clock::now() + std::chrono::seconds(5));
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code(), Code::schema_changed);
  EXPECT_THAT(get("asin=eq.0001"), HasSubstr("colour"));
}

TEST_F(Reading, a_commit_by_anybody_changes_the_snapshot_and_nothing_else_does) {
  const auto before = database_->snapshot();
  EXPECT_EQ(run("")->snapshot, before);
  EXPECT_EQ(database_->snapshot(), before) << "reading changes nothing";
  write("BEGIN; UPDATE products SET price = 1; ROLLBACK");
  EXPECT_EQ(database_->snapshot(), before) << "a rollback changes nothing";
  write("UPDATE products SET price = 1 WHERE asin = '0001'");
  EXPECT_NE(database_->snapshot(), before);
}

TEST_F(Reading, every_commit_of_another_process_shows_before_it_returns) {
  // The child commits, checkpoints and changes tables; after each it waits for our look, one byte each way.
  int to_child[2];
  int to_parent[2];
  ASSERT_EQ(pipe(to_child), 0);
  ASSERT_EQ(pipe(to_parent), 0);
  constexpr int commits = 600;
  const pid_t child = fork();
  if (child == 0) {
    auto connection = sqlite::Connection::open(path_, sqlite::Access::read_write);
    char byte = 0;
    for (int i = 0; i < commits && read(to_child[0], &byte, 1) == 1; ++i) {
      std::string sql = "UPDATE products SET stars = " + std::to_string(i) + " WHERE asin = '0001'";
      if (i % 50 == 20) sql = "PRAGMA wal_checkpoint(RESTART); " + sql;
      if (i % 50 == 30) sql = "PRAGMA wal_checkpoint(TRUNCATE); " + sql;
      if (i % 50 == 40) sql = "CREATE TABLE t" + std::to_string(i) + " (x)";
      if (!connection->execute(sql, "test") || ::write(to_parent[1], "x", 1) != 1) _exit(1);
    }
    _exit(0);
  }
  auto before = database_->snapshot();
  int missed = 0;
  for (int i = 0; i < commits; ++i) {
    char byte = 0;
    ASSERT_EQ(::write(to_child[1], "x", 1), 1);
    ASSERT_EQ(read(to_parent[0], &byte, 1), 1);
    const auto after = database_->snapshot();
    missed += after == before ? 1 : 0;
    before = after;
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(missed, 0);
  for (const int descriptor : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(descriptor);
}

TEST_F(Reading, a_file_without_wal_is_left_as_it_is_and_still_fresh) {
  database_.reset();
  write("PRAGMA journal_mode=DELETE");
  open();
  const auto before = database_->snapshot();
  EXPECT_EQ(database_->snapshot(), before);
  write("UPDATE products SET price = 1 WHERE asin = '0001'");
  EXPECT_NE(database_->snapshot(), before);
  EXPECT_EQ(get("asin=eq.0001&select=price"), R"([{"price":1.00}])");
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
}

TEST_F(Reading, a_file_put_in_its_place_is_found) {
  const auto before = database_->snapshot();
  const std::string other = folder_ + "/other.db";
  {
    auto connection = sqlite::Connection::open(other, sqlite::Access::create);
    ASSERT_TRUE(connection->execute("CREATE TABLE products (asin TEXT PRIMARY KEY NOT NULL); INSERT INTO products VALUES ('new')", "test"));
  }
  std::filesystem::remove(path_ + "-wal");
  std::filesystem::remove(path_ + "-shm");
  std::filesystem::rename(other, path_);
  EXPECT_EQ(get(""), R"([{"asin":"new"}])");
  EXPECT_NE(database_->snapshot(), before);
}

TEST_F(Reading, mixed_storage_classes_are_still_json) {
  write("CREATE TABLE odd (i INTEGER, t TEXT, b BOOLEAN, d DATE, x BLOB, r REAL); INSERT INTO odd VALUES ('abc', x'ff', 'true', 20240101, x'00ff', 1e300), (1.5, 12, 7, '2024-01-01', 'text', 9e999)");
  EXPECT_EQ(run("", {}, query::Count::none, "odd")->text,
            "[{\"i\":\"abc\",\"t\":\"\\\\xff\",\"b\":true,\"d\":20240101,\"x\":\"\\\\x00ff\",\"r\":1e+300},{\"i\":1.5,\"t\":\"12\",\"b\":7,\"d\":\"2024-01-01\",\"x\":\"text\",\"r\":null}]");
}

TEST_F(Reading, columns_of_no_declared_type_keep_what_is_stored) {
  write("CREATE VIEW per_category AS SELECT category_id, count(*) AS n, 'c' || category_id AS label FROM products GROUP BY category_id; CREATE TABLE plain (a, b BLOB); INSERT INTO plain VALUES (1, x'00ff'), ('1', NULL), ('x', x'01')");
  const auto per_category = [&](std::string_view url) { return run(url, {}, query::Count::none, "per_category")->text; };
  EXPECT_EQ(per_category("category_id=eq.1"), R"([{"category_id":1,"n":2,"label":"c1"}])");
  EXPECT_EQ(per_category("n=gt.1&select=n"), R"([{"n":2}])");
  EXPECT_EQ(per_category("label=in.(c2,7)&n=in.(1)&select=label"), R"([{"label":"c2"}])");
  const auto plain = [&](std::string_view url) { return run(url, {}, query::Count::none, "plain")->text; };
  EXPECT_EQ(plain("a=eq.1&select=a"), R"([{"a":1},{"a":"1"}])");
  EXPECT_EQ(plain("b=eq.\\x00FF&select=a"), R"([{"a":1}])") << "a blob is asked for in the form in which it leaves";
  EXPECT_EQ(plain("order=a.desc,b&limit=2&select=a,b"), R"([{"a":"x","b":"\\x01"},{"a":"1","b":null}])");
}

TEST_F(Reading, casts_give_what_they_say_or_valid_json) {
  EXPECT_EQ(get("asin=eq.0001&select=extra::text,isBestSeller::text,title::json,added::date"), R"([{"extra":"{\"a\": [1, 2]}","isBestSeller":"true","title":"Red bag","added":"2024-01-02"}])");
}

TEST_F(Reading, arrows_look_inside_json) {
  write(R"(CREATE TABLE docs (id INTEGER PRIMARY KEY, data JSON);
           INSERT INTO docs VALUES (1, '{"name": "Ann", "age": 30, "ok": true, "tags": ["x", {"y": 1.50}], "none": null, "$odd k": 7}'), (2, '{"name": "bob", "age": 4}'), (3, NULL), (4, 'broken'))");
  const auto docs = [&](std::string_view url) {
    auto rows = run(url, {}, query::Count::none, "docs");
    return rows ? rows->text : std::string(name(rows.error().code()));
  };
  EXPECT_EQ(docs("id=eq.1&select=data->name,age:data->>age,data->ok,data->>ok::text,data->tags->0,data->tags->-1->y"),
            R"([{"name":"Ann","age":"30","ok":true,"ok":"true","tags":"x","y":1.50}])");
  EXPECT_EQ(docs("id=eq.1&select=a:data->none,b:data->>none,c:data->nothing,d:data->\"$odd k\",e:data->>age::int"), R"([{"a":null,"b":null,"c":null,"d":7,"e":30}])");
  EXPECT_EQ(docs("data->>name=eq.Ann&select=id"), R"([{"id":1}])");
  EXPECT_EQ(docs("data->>name=in.(Ann,bob)&or=(data->>age.like.3*,data->tags.is.null)&select=id&order=data->>name.desc"), R"([{"id":2},{"id":1}])");
  EXPECT_EQ(docs("data->age=eq.4&select=id"), R"([{"id":2}])");
  EXPECT_EQ(docs("order=data->>name.nullslast&select=id"), R"([{"id":1},{"id":2},{"id":3},{"id":4}])");
  EXPECT_EQ(docs("id->>x=eq.1"), "operator_unsupported");
  EXPECT_EQ(docs("select=data->\"a%5C%22b\""), "operator_unsupported");
  std::string seen, after;
  for (int page = 0; page < 6; ++page) {
    auto rows = run("limit=1&select=id&order=data->>name.desc" + after, {}, query::Count::none, "docs");
    ASSERT_TRUE(rows);
    seen += rows->text;
    if (!rows->next_cursor) break;
    after = "&after=" + *rows->next_cursor;
  }
  EXPECT_EQ(seen, R"([{"id":3}][{"id":4}][{"id":2}][{"id":1}])");
}

TEST_F(Reading, times_are_instants_whatever_separator_the_file_has) {
  write(R"(CREATE TABLE times (id INTEGER PRIMARY KEY, at TIMESTAMP);
           INSERT INTO times VALUES (1, '2024-01-02T03:04:05'), (2, '2024-01-02 03:04:05'), (3, '2024-01-02T03:04:05+00:00'), (4, '2024-01-02 23:00:00'),
             (5, '2024-01-02T01:00:00'), (6, '2024-01-01 23:59:59'), (7, '2024-01-03'), (8, '2024-01-02T03:04:05.5'), (9, NULL),
             (10, '2024-01-02 03:04:05.000000'), (11, '2024-01-02T05:04:05.000+02:00'), (12, '2024-01-02T03:04:05Z'), (13, 'soon'))");
  const auto ids = [&](const std::string& filter) {
    auto rows = run("select=id&order=id&at=" + filter, {.media = Media::csv}, query::Count::none, "times");
    if (!rows) return std::string(rows.error().message());
    std::string text = rows->text.substr(3);
    std::ranges::replace(text, '\n', ' ');
    return text;
  };
  for (const std::string time : {"2024-01-02T03:04:05", "2024-01-02 03:04:05", "2024-01-02T03:04:05.000Z", "2024-01-02T05:04:05%2B02:00"}) {
    EXPECT_EQ(ids("eq." + time), "1 2 3 10 11 12 ") << time;
    EXPECT_EQ(ids("neq." + time), "4 5 6 7 8 13 ") << time;
    EXPECT_EQ(ids("gt." + time), "4 7 8 13 ") << time;
    EXPECT_EQ(ids("gte." + time), "1 2 3 4 7 8 10 11 12 13 ") << time;
    EXPECT_EQ(ids("lt." + time), "5 6 ") << time;
    EXPECT_EQ(ids("lte." + time), "1 2 3 5 6 10 11 12 ") << time;
  }
  EXPECT_EQ(ids("gte.2024-01-02"), "1 2 3 4 5 7 8 10 11 12 13 ");
  EXPECT_EQ(ids("gte.2024-01-03"), "7 13 ");
  EXPECT_EQ(ids("isdistinct.2024-01-03"), "1 2 3 4 5 6 8 9 10 11 12 13 ");
  EXPECT_EQ(ids("eq(any).{2024-01-03,2024-01-02T23:00:00}"), "4 7 ");
  EXPECT_EQ(ids("lt.2024-01-02"), "6 ");
  EXPECT_EQ(ids("eq.2024-01-03"), "7 ");
  EXPECT_EQ(ids("in.(2024-01-02T03:04:05Z,2024-01-03)"), "1 2 3 7 10 11 12 ");
  EXPECT_EQ(ids("gt.2024-01-02junk"), "invalid input syntax for type timestamp: \"2024-01-02junk\"");
}

TEST_F(Reading, long_lists_and_chains_stay_within_what_sqlite_takes) {
  std::string list = "asin=in.(0001";
  std::string any = "title=like(any).{Red*";
  for (int i = 0; i < 5'000; ++i) list += ",x" + std::to_string(i), any += ",y" + std::to_string(i);
  EXPECT_EQ(keys(list + ")"), "0001\n");
  EXPECT_EQ(keys(any + "}"), "0001\n");
  std::string chain = "or=(asin.eq.0002";
  for (int i = 0; i < 250; ++i) chain += ",and(price.gt.900,stars.lt." + std::to_string(i) + ")";
  EXPECT_EQ(keys(chain + ")"), "0002\n");
}

TEST_F(Reading, keys_that_may_be_null_still_give_every_row_once) {
  write("CREATE TABLE loose (code TEXT PRIMARY KEY, rowid TEXT); INSERT INTO loose VALUES (NULL, 'a'), (NULL, 'a'), ('k', 'b')");
  std::uint64_t seen = 0;
  std::string after;
  for (int page = 0; page < 5; ++page) {
    auto rows = run("limit=1" + after, {}, query::Count::none, "loose");
    ASSERT_TRUE(rows) << rows.error().message();
    seen += rows->count;
    if (!rows->next_cursor) break;
    after = "&after=" + *rows->next_cursor;
  }
  EXPECT_EQ(seen, 3U);
}

TEST(OpenSqlite, says_what_is_wrong_with_a_path) {
  for (const auto* path : {"/nowhere/shop.db", "/etc/passwd"}) {
    auto database = open_sqlite(path, {});
    ASSERT_FALSE(database) << path;
    EXPECT_EQ(database.error().code(), Code::database_unavailable);
  }
}

TEST(Connection, a_refused_statement_is_told_without_its_text) {
  auto connection = sqlite::Connection::open(":memory:", sqlite::Access::create);
  const auto done = connection->execute("SELECT secret FROM nowhere", "looking");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::database_error);
  EXPECT_THAT(std::string(done.error().message()), ::testing::Not(HasSubstr("secret")));
}

TEST(Like, follows_postgresql) {
  using query::Case;
  using query::is_like;
  EXPECT_TRUE(is_like("", "%", Case::counts));
  EXPECT_TRUE(is_like("abc", "a%c", Case::counts));
  EXPECT_TRUE(is_like("aXbXc", "%X%X%", Case::counts));
  EXPECT_FALSE(is_like("abc", "a%d", Case::counts));
  EXPECT_FALSE(is_like("abc", "ab", Case::counts));
  EXPECT_TRUE(is_like("a%c", "a\\%c", Case::counts));
  EXPECT_FALSE(is_like("abc", "a\\%c", Case::counts));
  EXPECT_TRUE(is_like("ü", "_", Case::counts));
  EXPECT_TRUE(is_like("ÄÖÜ", "äöü", Case::ignored));
  EXPECT_TRUE(is_like("МОСКВА", "москва", Case::ignored));
  EXPECT_FALSE(is_like("A", "a", Case::counts));
  EXPECT_TRUE(is_like(std::string(2000, 'a') + "b", "%a%a%a%a%b", Case::counts));
}

}  // namespace
}  // namespace aljibe::store
