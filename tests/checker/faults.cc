#include "faults.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace aljibe::checker {
namespace {

using Clock = std::chrono::steady_clock;

/// Until `due`, or until the run ends.
void pause(const std::stop_token& stop, Clock::time_point due) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, due, [] { return false; });
}

// SQLite takes 2,000 columns; each one here costs the server a look at the whole schema.
constexpr std::uint64_t columns_max = 500;

}  // namespace

Faults::Faults(const Options& options, Server& server, Tally& tally, const std::string& path) : options_(options), server_(server), tally_(tally), outsider_(path) {}

void Faults::run(const std::stop_token& stop) {
  struct Kind {
    std::int64_t Options::* span;
    void (Faults::*strike)();
    Clock::time_point due;
  };
  std::array kinds{Kind{&Options::crash, &Faults::crash, {}}, Kind{&Options::reload, &Faults::reload, {}}, Kind{&Options::schema, &Faults::change_schema, {}},
                   Kind{&Options::checkpoint, &Faults::checkpoint, {}}, Kind{&Options::noise, &Faults::noise, {}}};
  const auto next = [&](const Kind& kind) {
    const auto span = options_.*kind.span;
    return span == 0 ? Clock::time_point::max() : Clock::now() + std::chrono::milliseconds(span);
  };
  for (auto& kind : kinds) kind.due = next(kind);
  while (!stop.stop_requested()) {
    auto& first = *std::ranges::min_element(kinds, {}, &Kind::due);
    pause(stop, std::min(first.due, Clock::now() + std::chrono::hours(1)));
    if (stop.stop_requested()) return;
    (this->*first.strike)();
    first.due = next(first);
  }
}

void Faults::crash() {
  server_.crash();
  ++tally_.crashes;
}

void Faults::reload() {
  server_.reload();
  ++tally_.reloads;
}

/// A column for a table that nobody asks for; an index of the one that all ask for, made or dropped.
void Faults::change_schema() {
  const auto turn = turn_++;
  std::string sql;
  if (turn % 2 == 0 && turn / 2 < columns_max) sql = "ALTER TABLE bystander ADD COLUMN c" + std::to_string(turn) + " INTEGER";
  else if (turn % 4 == 1) sql = "CREATE INDEX IF NOT EXISTS items_price ON items(price, id)";
  else sql = "DROP INDEX IF EXISTS items_price";
  if (outsider_.try_run(sql)) ++tally_.schema_changes;
}

void Faults::checkpoint() {
  if (outsider_.try_run("PRAGMA wal_checkpoint(TRUNCATE)")) ++tally_.checkpoints;
}

void Faults::noise() {
  if (outsider_.try_run("INSERT OR REPLACE INTO noise VALUES(1 + abs(random() % 100), random())")) ++tally_.noise;
}

}  // namespace aljibe::checker
