#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "bench/ladder_trace.h"
#include "bench/pages.h"
#include "cache/entry.h"
#include "query/query.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::bench {

enum class Column : std::uint8_t { id, title, category_id, brand, price, rating, stock };

/// All that a client sees of an answer: its rows, their number and the link to the next page.
inline Hash128 fingerprint_of(const store::Rows& rows) {
  return hash128(rows.text + '\n' + (rows.total ? std::to_string(*rows.total) : "") + '\n' + rows.next_cursor.value_or(""));
}

/// A request of which each policy may keep the answer.
struct Asked {
  Asking asking;
  query::Plan plan;
  cache::Key key;
  struct Answer {
    std::uint64_t version = 0;  // of the database; 0: never read
    Hash128 fingerprint;
    std::string next;
  };
  Answer answer{};  // the last that was read
};

/// The catalogue in a real database, whose triggers log each change.
class World {
 public:
  World(const std::filesystem::path& folder, Trace& trace) : path_((folder / "ladder.db").string()) {
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + end);
    writer_ = require(store::sqlite::Connection::open(path_, store::sqlite::Access::create));
    run(std::string("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;") + Trace::schema + "BEGIN");
    for (std::size_t id = 0; id < Trace::categories; ++id) run("INSERT INTO categories VALUES (" + std::to_string(id) + ", 'category " + std::to_string(id) + "')");
    for (std::size_t id = 1; id <= Trace::products; ++id) run(trace.insert(id));
    run("COMMIT; ANALYZE");
    database_ = require(store::open_sqlite(path_, limits_));
    require(database_->start_log());
    last_ = require(database_->changes(0)).last;
    catalogue_ = require(database_->catalogue());
  }

  /// The one of its kind for as long as the world stands, with the answer of now.
  Asked& ask(const Asking& asking) {
    auto* asked = &known(asking, asking.url);
    look(*asked);
    for (std::size_t i = 0; i < asking.links && !asked->answer.next.empty(); ++i) {
      asked = &known(asking, asking.url + "&after=" + asked->answer.next);
      look(*asked);
    }
    return *asked;
  }

  /// Reads the answer of now, once a version of the database.
  void look(Asked& asked) {
    if (asked.answer.version == version_) return;
    const auto rows = read(asked);
    asked.answer = {version_, fingerprint_of(rows), rows.next_cursor.value_or("")};
  }

  store::Rows read(const Asked& asked) { return require(database_->run(asked.plan, {}, std::chrono::steady_clock::now() + std::chrono::seconds(60))); }

  model::Changes commit(const std::string& sql) {
    run(sql);
    ++version_;
    auto changes = require(database_->changes(last_));
    last_ = changes.last;
    if (!changes.is_whole) std::fprintf(stderr, "the log did not tell: %s\n", sql.c_str()), std::exit(1);
    return changes;
  }

  [[nodiscard]] store::Database& database() const { return *database_; }

 private:
  void run(const std::string& sql) { require(writer_.execute(sql, "bench")); }

  Asked& known(const Asking& asking, const std::string& url) {
    const auto name = url + (asking.count == query::Count::exact ? "#" : "");
    if (const auto found = known_.find(name); found != known_.end()) return *found->second;
    auto query = require(query::parse(url, limits_));
    query.count = asking.count;
    auto plan = require(query::make_plan(query, "products", catalogue_, {limits_, query::Aggregates::refused}));
    return *known_.emplace(name, std::make_unique<Asked>(Asked{.asking = asking, .plan = std::move(plan), .key = cache::Key(name)})).first->second;
  }

  Limits limits_;
  std::string path_;
  store::sqlite::Connection writer_;
  std::unique_ptr<store::Database> database_;
  std::shared_ptr<const model::Catalogue> catalogue_;
  std::uint64_t last_ = 0;
  std::uint64_t version_ = 1;
  std::unordered_map<std::string, std::unique_ptr<Asked>> known_;
};

}  // namespace aljibe::bench
