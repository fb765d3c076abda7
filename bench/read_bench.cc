// An uncached page of 20 rows, without HTTP: URL text → parse → plan → SQLite → JSON, against a loop in the manner of C that
// steps the same prepared statement and looks at every value. Two pages: one category in key order (a sort of some
// hundred rows), and the next 20 rows after a key (the index walked, nothing sorted, so our own work shows most).
//
//   read_bench DATABASE     prints `name value` lines, values in pages a second
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/pages.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_sql.h"

namespace {

using namespace aljibe;
using std::chrono::steady_clock;

using bench::median;
using bench::rate;
using bench::require;
using bench::Seen;
using bench::step_all;

class Bench {
 public:
  explicit Bench(const std::string& path)
      : database_(require(store::open_sqlite(path, limits_))), catalogue_(require(database_->catalogue())),
        connection_(require(store::sqlite::Connection::open(path, store::sqlite::Access::read_only))) {
    require(connection_.execute("PRAGMA mmap_size=268435456", "bench"));
  }

  void compare(const std::string& name, const std::vector<std::string>& urls) {
    auto sql = require(store::sqlite::page_sql(plan(urls[0]), {}));
    auto statement = require(connection_.prepare(sql.text, "bench"));
    for (const auto& url : urls) {
      if (ours(url) != peer(statement, url).rows) std::fprintf(stderr, "answers differ: %s\n", url.c_str()), std::exit(1);
    }
    std::vector<double> us, them;
    for (int round = 0; round < 9; ++round) {
      us.push_back(rate([&](const std::string& url) { ours(url); }, urls));
      them.push_back(rate([&](const std::string& url) { peer(statement, url); }, urls));
    }
    std::printf("ours%s %.0f\nloop%s %.0f\n", name.c_str(), median(us), name.c_str(), median(them));
  }

  std::vector<std::string> keys(const char* sql) {
    std::vector<std::string> found;
    auto statement = require(connection_.prepare(sql, "bench"));
    while (require(statement.step()) == store::sqlite::Statement::Step::row) found.emplace_back(statement.text(0));
    return found;
  }

 private:
  query::Plan plan(const std::string& url) { return require(query::make_plan(require(query::parse(url, limits_)), "products", catalogue_, limits_)); }

  std::uint64_t ours(const std::string& url) {
    return require(database_->run(plan(url), {}, steady_clock::now() + std::chrono::seconds(10))).count;
  }

  Seen peer(store::sqlite::Statement& statement, const std::string& url) {
    const auto value = url.substr(url.find('.') + 1, url.find('&') - url.find('.') - 1);
    statement.bind(1, std::string_view(value));  // the column's affinity makes a number of it where it is one
    statement.bind(2, std::int64_t{21});
    return step_all(statement.handle());
  }

  Limits limits_;
  std::unique_ptr<store::Database> database_;
  std::shared_ptr<const model::Catalogue> catalogue_;
  store::sqlite::Connection connection_;
};

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 2) {
    std::fprintf(stderr, "usage: read_bench DATABASE\n");
    return 2;
  }
  Bench bench(arguments[1]);
  std::vector<std::string> categories;
  std::vector<std::string> keys;
  for (const auto& id : bench.keys("SELECT id FROM categories LIMIT 30")) categories.push_back("category_id=eq." + id + "&order=asin&limit=20");
  for (const auto& asin : bench.keys("SELECT asin FROM products WHERE rowid % 97 = 0 LIMIT 200")) keys.push_back("asin=gt." + asin + "&order=asin&limit=20");
  bench.compare("", categories);
  bench.compare("_key", keys);
}
