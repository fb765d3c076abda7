#include "writer.h"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

namespace aljibe::checker {

Writer::Writer(const Options& options, Servers& servers, History& history, Tally& tally, Shop shop, const std::string& path)
    : options_(options), history_(history), tally_(tally), shop_(std::move(shop)), outsider_(path), random_(static_cast<std::uint64_t>(options.seed)) {
  for (auto& server : servers) clients_.push_back({.server = server, .wire = {}});
}

void Writer::run(const std::stop_token& stop) {
  const auto pace = std::chrono::nanoseconds(1'000'000'000 / options_.writes);
  const auto bulk_pace = std::chrono::milliseconds(options_.bulk);
  auto due = Clock::now();
  auto bulk_due = due + bulk_pace;
  while (!stop.stop_requested()) {
    run_errand();
    const auto now = Clock::now();
    const bool is_bulk = options_.bulk != 0 && now >= bulk_due;
    if (is_bulk) bulk_due = now + bulk_pace;
    commit(!is_bulk && random_() % 100 < static_cast<std::uint64_t>(options_.api) ? Way::api : Way::outside, is_bulk);
    // What was missed is not made up for: a burst would be another load than the one that was asked for.
    due = std::max(due + pace, now - pace);
    std::this_thread::sleep_until(due);
  }
}

bool Writer::between_commits(const std::stop_token& stop, std::function<void()> errand) {
  std::unique_lock lock(mutex_);
  errand_ = std::move(errand);
  if (errand_done_.wait(lock, stop, [&] { return !errand_; })) return true;
  errand_ = nullptr;
  return false;
}

void Writer::run_errand() {
  const std::scoped_lock lock(mutex_);
  if (!errand_) return;
  errand_();
  errand_ = nullptr;
  errand_done_.notify_all();
}

void Writer::remember() {
  outsider_.open();
  remembered_ = shop_;
  remembered_version_ = version_;
}

void Writer::go_back() {
  outsider_.open();
  const auto lost = version_ - remembered_version_;
  shop_ = remembered_;
  if (outsider_.content() != shop_.content()) give_up("the copy of the database does not hold what was copied");
  shop_.touch_all();
  history_.begin(++version_, shop_);
  history_.acknowledge(version_);
  remembered_version_ = version_;
  constexpr Version commits_max = 400;
  const auto commits = random_() % static_cast<std::uint64_t>(1 + std::min(2 * lost, commits_max));
  for (std::uint64_t i = 0; i < commits; ++i) commit(Way::outside, false);
}

void Writer::commit(Way way, bool is_bulk) {
  auto& client = clients_[random_() % clients_.size()];
  const int lives = way == Way::api ? client.server.await_ready() : 0;
  const auto before = shop_;
  const auto change = is_bulk ? bulk_change(shop_, ++version_, random_) : draw_change(shop_, ++version_, way, random_);
  history_.begin(version_, shop_);
  if (way == Way::api) {
    if (!send(client, change.request, lives)) return clear_up(client, before, lives);
    ++tally_.commits_api;
  } else {
    outsider_.run(change.sql);
    ++(is_bulk ? tally_.bulks : tally_.commits_outside);
  }
  history_.acknowledge(version_);
}

bool Writer::send(Client& client, const std::string& request, int lives) {
  // A connection to a process that has ended would say nothing about this request.
  if (std::exchange(client.life, lives) != lives) client.wire.close();
  if (!client.wire.is_open() && !client.wire.open(client.server.port())) return false;
  const auto answer = ask(client.wire, request);
  if (!answer) {
    client.wire.close();
    return false;
  }
  if (answer->status / 100 == 2) return true;
  if (tally_.commits_refused++ < 5) std::fprintf(stderr, "status %d: %.*s\n", answer->status, static_cast<int>(answer->body.size()), answer->body.data());
  return false;
}

/// The answer did not come: when the process that was asked has ended, the database says whether the commit happened.
void Writer::clear_up(Client& client, const Shop& before, int lives) {
  ++tally_.commits_unclear;
  if (!client.wire.is_open()) client.server.await_ready(lives);
  const auto found = outsider_.content();
  if (found == shop_.content()) return history_.acknowledge(version_);
  if (found != before.content()) give_up("the database is neither as before commit " + std::to_string(version_) + " nor as after it");
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
