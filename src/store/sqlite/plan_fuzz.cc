// Whatever the URL: when it can be planned, its SQL is one that SQLite prepares, runs, and answers with well-formed text; or
// the refusal is one of the dialect's and holds no SQL.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace {

using namespace aljibe;

constexpr std::string_view schema = R"(
  PRAGMA journal_mode=WAL;
  CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT, d DECIMAL(7,2), r REAL, b BOOLEAN, w TIMESTAMP, j JSON, x BLOB, "odd name" DATE, u);
  CREATE TABLE b (id INTEGER PRIMARY KEY, a INT REFERENCES a(id), t TEXT, d DECIMAL(7,2), c INT REFERENCES c(id));
  CREATE TABLE c (id INTEGER PRIMARY KEY, t TEXT, p INT REFERENCES c(id));
  CREATE TABLE ac (a INT REFERENCES a(id), c INT REFERENCES c(id), PRIMARY KEY (a, c));
  CREATE VIRTUAL TABLE a_text USING fts5(t, content='a', content_rowid='id');
  INSERT INTO b VALUES (1, 1, 'x', 1.5, 1), (2, 1, NULL, NULL, 2), (3, 2, 'y"', 3, NULL), (4, NULL, 'z', 4, 1);
  INSERT INTO c VALUES (1, 'p', NULL), (2, 'q', 1);
  INSERT INTO ac VALUES (1, 1), (1, 2), (2, 2);
  INSERT INTO a VALUES (1, 'one', 1.5, 0.1, 1, '2024-01-02T03:04:05', '{"k": [1, "v", null]}', x'00ff', '2024-01-02', 5),
    (2, NULL, NULL, NULL, NULL, NULL, 'no json', 'text', NULL, 'u'), (3, 'ü"', 2, 1e300, 0, '2023-01-01', NULL, NULL, '2020-02-29', NULL);
  INSERT INTO a_text(a_text) VALUES ('rebuild');)";

/// A database that lives as long as the process.
struct Fixture {
  Fixture() {
    char pattern[] = "/tmp/aljibe-fuzz-XXXXXX";
    folder = mkdtemp(pattern);
    const std::string path = folder + "/f.db";
    auto connection = store::sqlite::Connection::open(path, store::sqlite::Access::create);
    ALJ_ASSERT(connection && connection->execute(schema, "fuzz"));
    auto opened = store::open_sqlite(path, limits);
    ALJ_ASSERT(opened);
    database = std::move(*opened);
    auto read = database->catalogue();
    ALJ_ASSERT(read);
    catalogue = *read;
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() {
    database.reset();
    std::filesystem::remove_all(folder);
  }

  Limits limits;
  std::string folder;
  std::unique_ptr<store::Database> database;
  std::shared_ptr<const model::Catalogue> catalogue;
};

bool is_callers_fault(Code code) { return http_status(code) < 500 || code == Code::deadline_exceeded; }

bool is_json(const std::string& text) {
  simdjson::dom::parser parser;
  return parser.parse(text).error() == simdjson::SUCCESS;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Fixture fixture;
  auto query = query::parse({reinterpret_cast<const char*>(data), size}, fixture.limits);
  if (!query) return 0;
  query->count = static_cast<query::Count>(size % 4);
  const auto plan = query::make_plan(*query, "a", fixture.catalogue, {fixture.limits, query::Aggregates::allowed});
  if (!plan) {
    ALJ_ASSERT(is_callers_fault(plan.error().code()));
    return 0;
  }
  const auto media = size % 3 == 0 ? store::Media::csv : store::Media::json;
  const auto rows = fixture.database->run(*plan, {.media = media}, std::chrono::steady_clock::now() + std::chrono::seconds(5));
  if (!rows) {
    ALJ_ASSERT(is_callers_fault(rows.error().code()));
    // What the caller wrote may come back in a message, our SQL never does.
    const std::string_view url{reinterpret_cast<const char*>(data), size};
    ALJ_ASSERT(url.contains("SELECT") || !rows.error().message().contains("SELECT"));
    return 0;
  }
  if (media == store::Media::json) ALJ_ASSERT(is_json(rows->text));
  if (rows->next_cursor) ALJ_ASSERT(query::decode_cursor(*rows->next_cursor));
  return 0;
}
