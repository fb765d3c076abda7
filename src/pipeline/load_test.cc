#include "pipeline/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/rejects.h"
#include "pipeline/testing/loading.h"
#include "store/sqlite/target.h"

namespace aljibe::pipeline {

namespace {

using ::testing::HasSubstr;

class Load : public testing::Loading {
 protected:
  static std::vector<model::Load> products() {
    return {load_of("products.csv", "products", {column("asin", "text"), column("price", "decimal(7,2)"), column("best", "boolean"), column("day", "date")}, {"asin"})};
  }
};

TEST_F(Load, MakesAnOrdinaryTable) {
  write("products.csv", "asin,price,best,day\n0545468248,11.99,True,2024-01-31\nB01,12.00,False,\n");
  const auto report = run_well(products());
  EXPECT_EQ(report.rows(), 2U);
  EXPECT_EQ(report.run, "20261124-1");
  EXPECT_EQ(ask("SELECT * FROM products"), "0545468248|11.99|1|2024-01-31\nB01|12|0|\n");
  EXPECT_EQ(ask("SELECT sql FROM sqlite_schema WHERE name = 'products'"),
            "CREATE TABLE \"products\" (\"asin\" TEXT PRIMARY KEY NOT NULL, \"price\" DECIMAL(7,2), \"best\" BOOLEAN, \"day\" DATE)\n");
  EXPECT_EQ(ask("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'products'"), "sqlite_autoindex_products_1\n");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(ask("PRAGMA journal_mode"), "wal\n");
  EXPECT_EQ(ask("SELECT name, pk FROM pragma_table_info('products') WHERE pk > 0"), "asin|1\n");
  EXPECT_THAT(ask("EXPLAIN QUERY PLAN SELECT * FROM products WHERE asin = 'B01'"), HasSubstr("sqlite_autoindex_products_1"));
  EXPECT_FALSE(std::filesystem::exists(path("shop.db.loading")));
  EXPECT_FALSE(std::filesystem::exists(path("shop.db.lock")));
}

TEST_F(Load, TheFirstOfTwoRowsWithOneKeyStands) {
  write("products.csv", "asin,price,best,day\nA,1,1,\nB,2,1,\nA,3,1,\nC,4,1,\nB,5,1,\n");
  const auto report = run_well(products());
  EXPECT_EQ(report.rejected(), 2U);
  EXPECT_EQ(ask("SELECT asin, price FROM products"), "A|1\nB|2\nC|4\n");
  const auto line = reject_from_json(read("rejects/20261124-1-products.jsonl").substr(0, read("rejects/20261124-1-products.jsonl").find('\n')));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->reject.code, Code::check_unique);
  EXPECT_EQ(line->reject.raw, "A,3,1,");
  EXPECT_EQ(line->reject.position.record, 3U);
  EXPECT_EQ(line->reject.position.line, 4U);
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
}

TEST_F(Load, AnIntegerKeyIsTheRowid) {
  write("c.csv", "id,name\n3,c\n1,a\n3,d\n2,b\n");
  run_well({load_of("c.csv", "c", {column("id", "integer"), column("name", "text")}, {"id"})});
  EXPECT_EQ(ask("SELECT id, name FROM c ORDER BY rowid"), "1|a\n2|b\n3|c\n");
  EXPECT_THAT(read("rejects/20261124-1-c.jsonl"), HasSubstr(R"("column":"id","code":"check_unique")"));
}

TEST_F(Load, UniqueColumnsAndKeysOfTwoColumns) {
  write("c.csv", "a,b,sku\n1,1,x\n1,2,y\n1,1,z\n2,1,y\n2,2,\n3,3,\n");
  auto sku = column("sku", "text");
  sku.unique = true;
  run_well({load_of("c.csv", "c", {column("a", "integer"), column("b", "integer"), sku}, {"a", "b"})});
  EXPECT_EQ(ask("SELECT a, b, sku FROM c"), "1|1|x\n1|2|y\n2|2|\n3|3|\n");
  EXPECT_THAT(ask("SELECT sql FROM sqlite_schema WHERE name = 'c'"), HasSubstr("PRIMARY KEY (\"a\", \"b\"), UNIQUE (\"sku\")"));
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
}

TEST_F(Load, KeysBeyondTheBoundAreWatchedByTheTableItself) {
  std::string bytes = "asin,price,best,day\n";
  for (int i = 0; i < 3000; ++i) bytes += "K" + std::to_string(i % 2900) + "," + std::to_string(i) + ",1,\n";
  write("products.csv", bytes);
  options_.keys_bytes_max = 64;
  options_.chunk_bytes = 4096;
  const auto report = run_well(products());
  EXPECT_EQ(report.rejected(), 100U);
  EXPECT_EQ(ask("SELECT count(*), max(price) FROM products"), "2900|2899\n");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
}

TEST_F(Load, AForeignKeyMustExist) {
  write("categories.csv", "id,name\n1,a\n2,b\n");
  write("products.csv", "asin,category_id\nA,1\nB,3\nC,2\nD,\n");
  auto category = column("category_id", "integer");
  category.references = {"categories", "id"};
  const std::vector<model::Load> loads{load_of("categories.csv", "categories", {column("id", "integer"), column("name", "text")}, {"id"}),
                                       load_of("products.csv", "products", {column("asin", "text"), category}, {"asin"})};
  const auto report = run_well(loads);
  EXPECT_EQ(report.rejected(), 1U);
  EXPECT_THAT(read("rejects/20261124-1-products.jsonl"), HasSubstr(R"("code":"check_reference","message":"3 is not in categories.id")"));
  EXPECT_EQ(ask("SELECT count(*) FROM pragma_foreign_key_list('products')"), "1\n");
  EXPECT_EQ(ask("PRAGMA foreign_key_check"), "");
}

TEST_F(Load, ReplacesATableAndKeepsItsIndexes) {
  write("products.csv", "asin,price,best,day\nA,1,1,\n");
  run_well(products());
  EXPECT_EQ(ask("CREATE INDEX products_price ON products (price)"), "");
  write("products.csv", "asin,price,best,day\nB,2,1,\nC,3,1,\n");
  const auto report = run_well(products());
  EXPECT_EQ(report.run, "20261124-2");
  EXPECT_EQ(ask("SELECT asin FROM products"), "B\nC\n");
  EXPECT_EQ(ask("SELECT count(*) FROM sqlite_schema WHERE name = 'products_price'"), "1\n");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(ask("SELECT name FROM sqlite_schema WHERE name LIKE '%aljibe_load%'"), "");
}

TEST_F(Load, AppendsAndRefusesKeysThatAreThere) {
  write("products.csv", "asin,price,best,day\nA,1,1,\n");
  auto loads = products();
  loads[0].mode = model::Mode::append;
  run_well(loads);
  write("products.csv", "asin,price,best,day\nB,2,1,\nA,3,1,\n");
  const auto report = run_well(loads);
  EXPECT_EQ(report.rows(), 1U);
  EXPECT_EQ(report.rejected(), 1U);
  EXPECT_EQ(ask("SELECT asin, price FROM products"), "A|1\nB|2\n");
  EXPECT_THAT(read("rejects/20261124-2-products.jsonl"), HasSubstr(R"("raw":"A,3,1,")"));
}

TEST_F(Load, UpsertsByKey) {
  write("products.csv", "asin,price,best,day\nA,1,1,\nB,2,1,\n");
  auto loads = products();
  loads[0].mode = model::Mode::upsert;
  run_well(loads);
  write("products.csv", "asin,price,best,day\nB,7,0,\nC,3,1,\n");
  run_well(loads);
  EXPECT_EQ(ask("SELECT asin, price, best FROM products"), "A|1|1\nB|7|0\nC|3|1\n");
}

TEST_F(Load, UpsertNeedsAUniqueKeyInTheTable) {
  write("products.csv", "asin,price,best,day\nA,1,1,\n");
  auto loads = products();
  loads[0].key = {};
  run_well(loads);
  loads[0].mode = model::Mode::upsert;
  loads[0].key = {"asin"};
  EXPECT_EQ(code_of(run(loads)), Code::target_mismatch);
}

TEST_F(Load, RefusesTooManyRejectsAndPublishesNothing) {
  write("products.csv", "asin,price,best,day\nA,x,1,\nB,2,1,\n");
  auto loads = products();
  loads[0].rejects_ratio_max = 0.1;
  const auto result = run(loads);
  ASSERT_EQ(code_of(result), Code::rejects_over_limit);
  EXPECT_THAT(std::string(result.error().message()), HasSubstr("1 of 2 records of products.csv were rejected; the limit is 10 %"));
  EXPECT_FALSE(std::filesystem::exists(path("shop.db")));
  loads[0].rejects_ratio_max = 0.6;
  EXPECT_EQ(run_well(loads).rows(), 1U);
}

TEST_F(Load, ColumnsWithoutATypeGetOneFromTheWholeFile) {
  std::string bytes = "n,t,code\n";
  for (int i = 0; i < 40'000; ++i) bytes += std::to_string(i) + ",x" + std::to_string(i) + "," + (i < 39'999 ? std::to_string(i + 1) : "007") + "\n";
  write("c.csv", bytes);
  run_well({load_of("c.csv", "c", {})});
  EXPECT_THAT(ask("SELECT sql FROM sqlite_schema WHERE name = 'c'"), HasSubstr("\"n\" INTEGER, \"t\" TEXT, \"code\" TEXT"));
  EXPECT_EQ(ask("SELECT code FROM c ORDER BY rowid DESC LIMIT 1"), "007\n");
}

TEST_F(Load, AHeaderOnlyMakesAnEmptyTable) {
  write("products.csv", "asin,price,best,day\n");
  EXPECT_EQ(run_well(products()).rows(), 0U);
  EXPECT_EQ(ask("SELECT count(*) FROM products"), "0\n");
}

TEST_F(Load, ASecondProcessIsRefused) {
  write("products.csv", "asin,price,best,day\nA,1,1,\n");
  const auto lock = store::sqlite::FileLock::take(path("shop.db.lock"));
  ASSERT_TRUE(lock);
  EXPECT_EQ(code_of(run(products())), Code::target_busy);
}

TEST_F(Load, RunsAreRecordedUnderDataFactorysNames) {
  write("products.csv", "asin,price,best,day\nA,1,1,\nB,x,1,\n");
  run_well(products());
  EXPECT_EQ(ask("SELECT run, status, rowsRead, rowsCopied, rowsSkipped, filesRead FROM aljibe_runs"), "20261124-1|published|2|1|1|1\n");
  EXPECT_EQ(ask("SELECT byte_from, byte_to, records, lines, rows, rejected FROM aljibe_ledger"), "20|34|2|2|1|1\n");
}

}  // namespace
}  // namespace aljibe::pipeline
