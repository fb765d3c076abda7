// What SQLite does alone, in the manner of C, durably (WAL, synchronous=FULL), for the figures of writes.
//
//   insert_bench DATABASE single SECONDS     one row a transaction: rows a second
//   insert_bench DATABASE bulk FILE          the rows of a JSON file by json_each in one transaction: rows a second
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "bench/pages.h"
#include "store/sqlite/connection.h"

namespace {

using namespace aljibe;
using bench::require;
using std::chrono::steady_clock;

double seconds_since(steady_clock::time_point begin) { return std::chrono::duration<double>(steady_clock::now() - begin).count(); }

double single(store::sqlite::Connection& connection, double seconds) {
  auto insert = require(connection.prepare("INSERT INTO items (code, name, price) VALUES (?, 'an item', 9.99)", "bench"));
  const auto begin = steady_clock::now();
  std::int64_t rows = 0;
  for (; seconds_since(begin) < seconds; ++rows) {
    const auto code = "alone-" + std::to_string(begin.time_since_epoch().count()) + "-" + std::to_string(rows);
    insert.bind(1, std::string_view(code));
    require(insert.run());
  }
  return static_cast<double>(rows) / seconds_since(begin);
}

double bulk(store::sqlite::Connection& connection, const char* file) {
  std::ifstream stream(file);
  const std::string json{std::istreambuf_iterator<char>(stream), {}};
  auto insert = require(connection.prepare("INSERT INTO items (code, name, price) SELECT value->>'code', value->>'name', value->>'price' FROM json_each(?)", "bench"));
  insert.bind(1, std::string_view(json));
  const auto begin = steady_clock::now();
  require(insert.run());
  return static_cast<double>(connection.changes()) / seconds_since(begin);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 4) {
    std::fprintf(stderr, "usage: insert_bench DATABASE (single SECONDS | bulk FILE)\n");
    return 2;
  }
  auto connection = require(store::sqlite::Connection::open(arguments[1], store::sqlite::Access::read_write));
  require(connection.execute("PRAGMA synchronous=FULL", "bench"));
  const bool is_single = std::strcmp(arguments[2], "single") == 0;
  std::printf("rows %.0f\n", is_single ? single(connection, std::stod(arguments[3])) : bulk(connection, arguments[3]));
}
