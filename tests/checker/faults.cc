#include "faults.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
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

std::string clock_file(const std::string& path) { return path + ".clock"; }

void copy_file(const std::string& from, const std::string& to) { std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing); }

}  // namespace

Faults::Faults(const Options& options, const Near& near) : options_(options), near_(near), outsider_(near.path), random_(static_cast<std::uint64_t>(options.seed) + 55) {}

void Faults::run(const std::stop_token& stop) {
  struct Kind {
    std::int64_t Options::* span;
    void (Faults::*strike)();
    Clock::time_point due;
  };
  std::array kinds{Kind{&Options::crash, &Faults::crash, {}}, Kind{&Options::reload, &Faults::reload, {}}, Kind{&Options::schema, &Faults::change_schema, {}},
                   Kind{&Options::checkpoint, &Faults::checkpoint, {}}, Kind{&Options::noise, &Faults::noise, {}}, Kind{&Options::redis_kill, &Faults::kill_redis, {}},
                   Kind{&Options::redis_flush, &Faults::flush_redis, {}}, Kind{&Options::redis_stall, &Faults::stall_redis, {}},
                   Kind{&Options::redis_restore, &Faults::restore_redis, {}}, Kind{&Options::file_restore, &Faults::restore_file, {}}, Kind{&Options::clock, &Faults::move_clock, {}}};
  const auto next = [&](const Kind& kind) {
    const auto span = options_.*kind.span;
    return span == 0 ? Clock::time_point::max() : Clock::now() + std::chrono::milliseconds(span);
  };
  stop_ = stop;
  for (auto& kind : kinds) kind.due = next(kind);
  while (!stop.stop_requested()) {
    auto& first = *std::ranges::min_element(kinds, {}, &Kind::due);
    pause(stop, std::min(first.due, Clock::now() + std::chrono::hours(1)));
    if (stop.stop_requested()) return;
    (this->*first.strike)();
    first.due = next(first);
  }
}

void Faults::pause_for_some(std::int64_t milliseconds_max) {
  pause(stop_, Clock::now() + std::chrono::milliseconds(below(static_cast<std::uint64_t>(milliseconds_max))));
}

void Faults::crash() {
  near_.servers[below(near_.servers.size())].crash();
  ++near_.tally.crashes;
}

void Faults::reload() {
  near_.servers[below(near_.servers.size())].reload();
  ++near_.tally.reloads;
}

/// A column for a table that nobody asks for; an index of the one that all ask for, made or dropped.
void Faults::change_schema() {
  const auto turn = turn_++;
  std::string sql;
  if (turn % 2 == 0 && turn / 2 < columns_max) sql = "ALTER TABLE bystander ADD COLUMN c" + std::to_string(turn) + " INTEGER";
  else if (turn % 4 == 1) sql = "CREATE INDEX IF NOT EXISTS items_price ON items(price, id)";
  else sql = "DROP INDEX IF EXISTS items_price";
  if (outsider_.try_run(sql)) ++near_.tally.schema_changes;
}

void Faults::checkpoint() {
  if (outsider_.try_run("PRAGMA wal_checkpoint(TRUNCATE)")) ++near_.tally.checkpoints;
}

void Faults::noise() {
  if (outsider_.try_run("INSERT OR REPLACE INTO noise VALUES(1 + abs(random() % 100), random())")) ++near_.tally.noise;
}

void Faults::kill_redis() {
  near_.redis->kill();
  ++near_.tally.redis_kills;
}

void Faults::flush_redis() {
  near_.redis->flush();
  ++near_.tally.redis_flushes;
}

/// Long enough that all which was sent to it is given up; then it does that.
void Faults::stall_redis() {
  near_.redis->stall();
  pause(stop_, Clock::now() + std::chrono::seconds(5));
  near_.redis->go_on();
  ++near_.tally.redis_stalls;
}

/// Now and then the copy of the last time once more.
void Faults::restore_redis() {
  if (near_.tally.redis_restores % 3 != 2) near_.redis->keep();
  pause_for_some(500);
  near_.redis->restore();
  ++near_.tally.redis_restores;
}

/// An older copy of the database takes its place. Commits follow on it before anybody answers, as many as were lost or so: the log's
/// rows get numbers that others had. Now and then the copy of the last time once more: a third history from the same place.
void Faults::restore_file() {
  const auto copy = near_.path + ".kept";
  if (near_.tally.file_restores % 3 != 2) {
    const bool is_kept = near_.writer.between_commits(stop_, [&] { without_servers([&] { copy_file(near_.path, copy), near_.writer.remember(); }); });
    if (!is_kept) return;
    pause_for_some(400);
  }
  const bool is_restored = near_.writer.between_commits(stop_, [&] { without_servers([&] { copy_file(copy, near_.path), near_.writer.go_back(); }); });
  if (is_restored) ++near_.tally.file_restores;
}

/// While nobody has the database open, so that all of it stands in one file; `go_back` opens it again.
void Faults::without_servers(const std::function<void()>& act) {
  for (auto& server : near_.servers) server.down();
  outsider_.close();
  near_.writer.let_go();
  if (std::filesystem::exists(near_.path + "-wal")) give_up("somebody still has the database open");
  act();
  outsider_.open();
  for (auto& server : near_.servers) server.up();
}

/// By an hour, there and back.
void Faults::move_clock() {
  constexpr std::array moves{"+1h", "+0", "-1h", "+0"};
  std::ofstream(clock_file(near_.path)) << moves.at(near_.tally.clock_moves++ % moves.size()) << "\n";
}

std::vector<std::string> movable_clock(const std::string& path) {
  for (const auto& folder : std::filesystem::directory_iterator("/usr/lib")) {
    const auto library = folder.path() / "faketime/libfaketimeMT.so.1";
    if (!std::filesystem::exists(library)) continue;
    std::ofstream(clock_file(path)) << "+0\n";
    // Only the time of day: what a person or NTP can move.
    return {"LD_PRELOAD=" + library.string(), "FAKETIME_TIMESTAMP_FILE=" + clock_file(path), "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"};
  }
  give_up("to move the clock, install libfaketime");
}

}  // namespace aljibe::checker
