#include "serve/testing/traffic.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/assert.h"

namespace aljibe::serve::testing {
namespace {

struct Asked {
  std::string_view table;
  std::string_view query;
  std::string_view field = {};
  std::string_view value = {};
};

constexpr auto asked = std::to_array<Asked>({
    {"products", ""},
    {"products", "order=price.desc&limit=3"},
    {"products", "order=price,asin&limit=2&offset=2"},
    {"products", "category_id=eq.1"},
    {"products", "category_id=eq.2&select=asin,price&order=asin"},
    {"products", "category_id=in.(0,2)&order=price.desc.nullslast,asin&limit=4"},
    {"products", "price=lt.40&order=asin"},
    {"products", "price=gte.20&price=lt.60&select=asin&limit=2&order=asin", "prefer", "count=exact"},
    {"products", "asin=eq.k3"},
    {"products", "asin=eq.absent"},
    {"products", "asin=in.(k1,k5)&select=asin,stock"},
    {"products", "select=title&order=title&limit=2"},
    {"products", "title=ilike.*a*&order=asin"},
    {"products", "or=(stock.gt.5,category_id.is.null)&order=asin"},
    {"products", "select=asin,stock&order=asin", "accept", "text/csv"},
    {"products", "asin=eq.k2", "accept", "application/vnd.pgrst.object+json"},
    {"products", "limit=0", "prefer", "count=exact"},
    {"products", "select=asin,categories(name)&order=asin&limit=5"},
    {"products", "select=asin,tags(tag)&category_id=eq.1&order=asin"},
    {"categories", "select=name,products(asin,price)&order=id"},
    {"categories", "id=eq.1"},
    {"tags", "tag=eq.t1&order=product"},
    {"tags", "order=product,tag&limit=3", "prefer", "count=exact"},
    {"cheap", "order=asin"},
    {"doubled", "order=id"},
    {"events", "order=id.desc&limit=2"},
    {"events", "kind=eq.3&limit=1&order=id", "prefer", "count=exact"},
});

std::string key(Random& random) { return "k" + random.number(10); }
std::string quoted_key(Random& random) { return "'" + key(random) + "'"; }
std::string price(Random& random) { return random.number(80) + "." + random.number(10); }
std::string category(Random& random) { return random.one_in(6) ? "NULL" : random.number(3); }
std::string title(Random& random) { return random.of({"'Ant'", "'bee'", "'Cat'", "'a'", "NULL"}); }
std::string tag(Random& random) { return "'t" + random.number(3) + "'"; }

std::string product(Random& random) {
  return "(asin, title, price, category_id, stock) VALUES (" + quoted_key(random) + ", " + title(random) + ", " + price(random) + ", " + category(random) + ", " + random.number(9) + ")";
}

std::string change_of_product(Random& random) {
  switch (random.below(11)) {
    case 0: return "DELETE FROM products WHERE asin = " + quoted_key(random);
    case 1: return "INSERT OR REPLACE INTO products " + product(random);
    case 2: return "INSERT INTO products " + product(random) + " ON CONFLICT DO UPDATE SET price = excluded.price";
    case 3: return "INSERT OR IGNORE INTO products " + product(random);
    case 4: return "UPDATE products SET category_id = " + category(random) + " WHERE asin = " + quoted_key(random);
    case 5: return "UPDATE products SET stock = stock + 1 WHERE category_id = " + category(random);
    case 6: return "UPDATE OR REPLACE products SET asin = " + quoted_key(random) + " WHERE asin = " + quoted_key(random);
    case 7: return "UPDATE products SET title = " + title(random) + " WHERE price < " + price(random);
    case 8: return "REPLACE INTO products " + product(random);
    default: return "UPDATE products SET price = " + price(random) + " WHERE asin = " + quoted_key(random);
  }
}

std::string change_of_others(Random& random) {
  switch (random.below(8)) {
    case 0: return "UPDATE categories SET name = 'n" + random.number(5) + "' WHERE id = " + random.number(3);
    case 1: return "DELETE FROM categories WHERE id = " + random.number(3);
    case 2: return "INSERT OR REPLACE INTO categories (id, name) VALUES (" + random.number(3) + ", 'm" + random.number(5) + "')";
    case 3: return "INSERT OR REPLACE INTO tags VALUES (" + quoted_key(random) + ", " + tag(random) + ")";
    case 4: return "DELETE FROM tags WHERE product = " + quoted_key(random);
    case 5: return "UPDATE OR IGNORE tags SET tag = " + tag(random) + " WHERE product = " + quoted_key(random);
    case 6: return "UPDATE doubled SET a = a + 1 WHERE id = " + random.number(3);
    default: return "INSERT INTO events (kind) VALUES (" + random.number(5) + ")";
  }
}

/// Another program that follows the same file cuts the log, of what it has read and others may not have; or somebody empties it,
/// and SQLite counts from one again.
std::string cut_log(Random& random) {
  std::string sql = "BEGIN IMMEDIATE; ";
  for (auto count = random.below(3); count > 0; --count) sql += some_row_change(random) + "; ";
  return sql + "DELETE FROM aljibe_changes WHERE id <= (SELECT max(id) FROM aljibe_changes) - " + std::to_string(random.below(3)) + "; INSERT INTO aljibe_changes (kind) VALUES (6); COMMIT";
}

std::string transaction(Random& random) {
  std::string sql = "BEGIN IMMEDIATE";
  for (auto count = 2 + random.below(3); count > 0; --count) sql += "; " + some_row_change(random);
  return sql + "; COMMIT";
}

Question understood(const Asked& one, const Limits& limits) {
  http::Request request{.method = http::Method::get, .method_text = "GET", .target = {}, .path = {}, .query = one.query, .host = {}, .fields = {}, .body = {}};
  if (!one.field.empty()) request.fields.push_back({.name = one.field, .value = one.value});
  auto question = understand(request, std::string(one.table), limits);
  ALJ_ASSERT(question.has_value());
  return std::move(*question);
}

}  // namespace

const std::string shop_schema = R"(PRAGMA journal_mode=WAL;
  CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE products (asin TEXT PRIMARY KEY NOT NULL, title TEXT, price DECIMAL(7,2), category_id INTEGER REFERENCES categories (id), stock INTEGER);
  CREATE INDEX by_price ON products (price);
  CREATE TABLE tags (product TEXT REFERENCES products (asin), tag TEXT, PRIMARY KEY (product, tag)) WITHOUT ROWID;
  CREATE TABLE events (id INTEGER PRIMARY KEY, kind INTEGER);
  CREATE TABLE doubled (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2));
  CREATE VIEW cheap AS SELECT asin, price FROM products WHERE price < 20;
  INSERT INTO categories VALUES (0, 'none'), (1, 'one'), (2, 'two');
  INSERT INTO products VALUES ('k0', 'Ant', 1.5, 1, 3), ('k1', 'Bee', 22, 1, 4), ('k2', 'Cat', 33, 2, 9), ('k3', NULL, 44, 2, 0), ('k5', 'a', 55, NULL, 6);
  INSERT INTO tags VALUES ('k0', 't0'), ('k0', 't1'), ('k2', 't1');
  INSERT INTO doubled VALUES (0, 1), (1, 2), (2, 3);
  INSERT INTO events (kind) VALUES (1), (2), (3);)";

std::vector<Question> some_questions(Random& random, std::size_t count, const Limits& limits) {
  auto all = asked;
  std::vector<Question> questions;
  for (std::size_t i = 0; i < std::min(count, all.size()); ++i) {
    std::swap(all[i], all[i + random.below(all.size() - i)]);
    questions.push_back(understood(all[i], limits));
  }
  return questions;
}

std::string some_row_change(Random& random) { return random.one_in(4) ? change_of_others(random) : change_of_product(random); }

std::string some_commit(Random& random) {
  return random.one_in(4) ? transaction(random) : some_row_change(random);
}

std::string some_bulk(Random& random) {
  constexpr std::string_view many = "INSERT INTO events (kind) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) SELECT i % 5 FROM n";
  const std::string sql = random.one_in(3) ? "DELETE FROM events WHERE id > 20" : std::string(many);
  return "BEGIN IMMEDIATE; " + sql + "; UPDATE products SET price = price + 1, stock = " + random.number(9) + "; COMMIT";
}

std::string some_schema_change(Random& random) {
  switch (random.below(10)) {
    case 0: return "ALTER TABLE products ADD COLUMN extra" + random.number(3) + " INTEGER DEFAULT 7";
    case 1: return "ALTER TABLE products RENAME COLUMN title TO name";
    case 2: return "ALTER TABLE products RENAME COLUMN name TO title";
    case 3: return "BEGIN; DROP TABLE tags; CREATE TABLE tags (product TEXT, tag TEXT, PRIMARY KEY (product, tag)); INSERT INTO tags VALUES ('k1', 't1'), ('k2', 't2'); COMMIT";
    case 4: return "BEGIN; DROP VIEW cheap; CREATE VIEW cheap AS SELECT asin, price FROM products WHERE price < " + random.number(60) + "; COMMIT";
    case 5: return "CREATE INDEX IF NOT EXISTS by_category ON products (category_id)";
    case 6: return "DROP INDEX IF EXISTS by_category";
    case 7: return "CREATE UNIQUE INDEX IF NOT EXISTS one_title ON products (title) WHERE stock > 7";
    case 8: return "DROP INDEX IF EXISTS one_title";
    default: return "DROP TRIGGER IF EXISTS aljibe_changes_inserted_products";
  }
}

std::string some_upkeep(Random& random) {
  switch (random.below(8)) {
    case 0:
    case 1: return cut_log(random);
    case 2: return "PRAGMA wal_checkpoint(PASSIVE)";
    case 3: return "PRAGMA wal_checkpoint(RESTART)";
    case 4: return "VACUUM";
    default: return "PRAGMA wal_checkpoint(TRUNCATE)";
  }
}

ApiWrite some_api_write(Random& random) {
  using http::Method;
  const auto record = [&random] {
    return R"({"asin":")" + key(random) + R"(","price":)" + price(random) + R"(,"category_id":)" + random.number(3) + R"(,"stock":)" + random.number(9) + "}";
  };
  switch (random.below(7)) {
    case 0: return {.method = Method::del, .table = "products", .query = "asin=eq." + key(random), .body = {}, .prefer = {}};
    case 1: return {.method = Method::post, .table = "products", .query = {}, .body = record(), .prefer = {}};
    case 2: return {.method = Method::post, .table = "products", .query = {}, .body = "[" + record() + "," + record() + "]", .prefer = "resolution=merge-duplicates"};
    case 3: return {.method = Method::patch, .table = "categories", .query = "id=eq." + random.number(3), .body = R"({"name":"p)" + random.number(5) + R"("})", .prefer = {}};
    case 4: return {.method = Method::post, .table = "tags", .query = {}, .body = R"({"product":")" + key(random) + R"(","tag":"t)" + random.number(3) + R"("})", .prefer = {}};
    case 5: return {.method = Method::patch, .table = "products", .query = "category_id=eq." + random.number(3), .body = R"({"stock":)" + random.number(9) + "}", .prefer = {}};
    default: return {.method = Method::patch, .table = "products", .query = "asin=eq." + key(random), .body = R"({"price":)" + price(random) + "}", .prefer = {}};
  }
}

}  // namespace aljibe::serve::testing
