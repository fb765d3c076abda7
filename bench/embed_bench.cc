// A page of 20 books with their author and their reviews, without HTTP: URL text → parse → plan → SQLite → JSON, against a
// loop in the manner of C that steps the statements which a person would write for the same page: one that makes the nested
// JSON, and one that joins and leaves the nesting to the program. The faster of the two counts.
//
//   embed_bench FOLDER     makes FOLDER/embeds.db, prints `name value` lines, values in pages a second
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/pages.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace {

using namespace aljibe;
using bench::require;

constexpr auto tables = R"(PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; BEGIN;
  CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, price DECIMAL(7,2), author_id INTEGER REFERENCES authors(id));
  CREATE TABLE reviews (id INTEGER PRIMARY KEY, stars INTEGER, text TEXT, book_id INTEGER REFERENCES books(id));
  CREATE INDEX books_author ON books (author_id);
  CREATE INDEX reviews_book ON reviews (book_id);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO authors SELECT i, 'Author ' || i FROM n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO books SELECT i, 'The book number ' || i, (i % 5000) / 100.0, i * 7919 % 2000 + 1 FROM n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO reviews SELECT i, i % 5 + 1, 'What can be said of it in a line, review ' || i, i * 7919 % 20000 + 1 FROM n;
  COMMIT; ANALYZE)";

constexpr auto joined = R"(SELECT b.id, b.title, b.price, a.id, a.name, r.id, r.stars, r.text
  FROM (SELECT * FROM books WHERE id > ? ORDER BY id LIMIT 20) b LEFT JOIN authors a ON a.id = b.author_id LEFT JOIN reviews r ON r.book_id = b.id)";

constexpr auto by_hand = R"(SELECT b.id, b.title, b.price, json_object('id', a.id, 'name', a.name),
  (SELECT json_group_array(json_object('id', r.id, 'stars', r.stars, 'text', r.text)) FROM reviews r WHERE r.book_id = b.id)
  FROM books b LEFT JOIN authors a ON a.id = b.author_id WHERE b.id > ? ORDER BY b.id LIMIT 20)";

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fprintf(stderr, "usage: embed_bench FOLDER\n");
    return 2;
  }
  const auto path = std::string(arguments[1]) + "/embeds.db";
  std::remove(path.c_str()), std::remove((path + "-wal").c_str()), std::remove((path + "-shm").c_str());
  require(require(store::sqlite::Connection::open(path, store::sqlite::Access::create)).execute(tables, "bench"));
  auto connection = require(store::sqlite::Connection::open(path, store::sqlite::Access::read_only));
  require(connection.execute("PRAGMA mmap_size=268435456; PRAGMA cache_size=-4000", "bench"));  // as aljibe has it
  const Limits limits;
  const auto database = require(store::open_sqlite(path, limits));
  const auto catalogue = require(database->catalogue());
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back(std::to_string(i * 97));

  std::string text;
  const auto ours = [&](const std::string& key) {
    const auto query = require(query::parse("select=id,title,price,authors(id,name),reviews(id,stars,text)&id=gt." + key + "&order=id&limit=20", limits));
    text = require(database->run(require(query::make_plan(query, "books", catalogue, limits)), {}, std::chrono::steady_clock::now() + std::chrono::seconds(10))).text;
  };
  auto statement = require(connection.prepare(by_hand, "bench"));
  const auto loop = [&](const std::string& key) {
    statement.bind(1, static_cast<std::int64_t>(std::stoll(key)));
    return bench::step_all(statement.handle());
  };
  auto join = require(connection.prepare(joined, "bench"));
  const auto join_loop = [&](const std::string& key) {
    join.bind(1, static_cast<std::int64_t>(std::stoll(key)));
    return bench::step_all(join.handle(), UINT64_MAX);
  };
  // The first book of a page, as both have it.
  ours("0");
  if (!text.starts_with(R"([{"id":1,"title":"The book number 1","price":0.01,"authors":{"id":1920,"name":"Author 1920"},"reviews":[{"id")") || loop("0").rows != 20 || join_loop("0").rows < 80) {
    std::fprintf(stderr, "answers differ: %s\n", text.substr(0, 200).c_str());
    return 1;
  }
  std::vector<double> us, them, joining;
  for (int round = 0; round < 9; ++round) {
    us.push_back(bench::rate(ours, keys));
    them.push_back(bench::rate(loop, keys));
    joining.push_back(bench::rate(join_loop, keys));
  }
  std::printf("by_hand %.0f\njoin %.0f\n", bench::median(them), bench::median(joining));
  std::printf("ours %.0f\nloop %.0f\n", bench::median(us), std::max(bench::median(them), bench::median(joining)));
}
