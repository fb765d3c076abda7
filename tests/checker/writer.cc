#include "writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

namespace aljibe::checker {

Writer::Writer(const Options& options, Server& server, History& history, Tally& tally, Shop shop, const std::string& path)
    : options_(options), server_(server), history_(history), tally_(tally), shop_(std::move(shop)), outsider_(path), random_(static_cast<std::uint64_t>(options.seed)) {}

void Writer::run(const std::stop_token& stop) {
  const auto pace = std::chrono::nanoseconds(1'000'000'000 / options_.writes);
  const auto bulk_pace = std::chrono::milliseconds(options_.bulk);
  auto due = Clock::now();
  auto bulk_due = due + bulk_pace;
  while (!stop.stop_requested()) {
    const auto now = Clock::now();
    const bool is_bulk = options_.bulk != 0 && now >= bulk_due;
    if (is_bulk) bulk_due = now + bulk_pace;
    commit(is_bulk);
    // What was missed is not made up for: a burst would be another load than the one that was asked for.
    due = std::max(due + pace, now - pace);
    std::this_thread::sleep_until(due);
  }
}

void Writer::commit(bool is_bulk) {
  const auto way = !is_bulk && random_() % 100 < static_cast<std::uint64_t>(options_.api) ? Way::api : Way::outside;
  const int lives = way == Way::api ? server_.await_ready() : 0;
  const auto before = shop_;
  const auto change = is_bulk ? bulk_change(shop_, ++version_, random_) : draw_change(shop_, ++version_, way, random_);
  history_.begin(version_, shop_);
  if (way == Way::api) {
    if (!send(change.request, lives)) return clear_up(before, lives);
    ++tally_.commits_api;
  } else {
    outsider_.run(change.sql);
    ++(is_bulk ? tally_.bulks : tally_.commits_outside);
  }
  history_.acknowledge(version_);
}

bool Writer::send(const std::string& request, int lives) {
  // A connection to a process that has ended would say nothing about this request.
  if (std::exchange(wire_life_, lives) != lives) wire_.close();
  if (!wire_.is_open() && !wire_.open(server_.port())) return false;
  const auto answer = ask(wire_, request);
  if (!answer) {
    wire_.close();
    return false;
  }
  if (answer->status / 100 == 2) return true;
  if (tally_.commits_refused++ < 5) std::fprintf(stderr, "status %d: %.*s\n", answer->status, static_cast<int>(answer->body.size()), answer->body.data());
  return false;
}

/// The answer did not come: when the process that was asked has ended, the database says whether the commit happened.
void Writer::clear_up(const Shop& before, int lives) {
  ++tally_.commits_unclear;
  if (!wire_.is_open()) server_.await_ready(lives);
  const auto found = outsider_.content();
  if (found == shop_.content()) return history_.acknowledge(version_);
  if (found != before.content()) {
    std::fprintf(stderr, "cache_checker: the database is neither as before commit %lld nor as after it\n", static_cast<long long>(version_));
    std::_Exit(2);
  }
  // It did not: a version of its own takes it back, as readers may have been shown either until now.
  for (int id = 1; id <= items_max; ++id) shop_.touch(id);
  auto touched = std::move(shop_.touched);
  shop_ = before;
  shop_.touched = std::move(touched);
  for (int id = 1; id <= items_max; ++id) shop_.touch(id);
  history_.begin(++version_, shop_);
  history_.acknowledge(version_);
}

}  // namespace aljibe::checker
