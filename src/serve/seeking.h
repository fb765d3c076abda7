#pragma once

#include <cstdint>

#include "cache/cache.h"
#include "serve/follower.h"
#include "serve/question.h"
#include "store/database.h"

namespace aljibe::serve {

/// How a request looks for its answer in the cache: the decisions alone, one after the other. Nothing here blocks; what may
/// block is the caller's business, who says how it went. So the same decisions run in the server and, commit by commit, in a
/// test.
///
///   look at the database ─► behind? ── catch_up ─► look again, three times at most
///                              └ arrived ─► look up ─ hit, fill, alone
///                                             └ wait ─► fresh for this request? look up again, or arrive anew
///
/// The database is looked at first and the entry after: what a commit between the two alters was committed after the request
/// arrived (cache.md §3, B2). A flight's result is held against the request's own arrival as any entry is (C2), and its error is
/// not taken when it may be older than that.
class Seeking {
 public:
  enum class Next : std::uint8_t {
    step,      // nothing to do: go on
    catch_up,  // let the follower advance, then say caught_up
    arrived,   // arrival() is known; go on
    hit,       // found().entry may be sent
    fill,      // read, then land found().filling
    alone,     // read, and keep nothing
    wait,      // for found().flight; then go on
    refuse     // only what is in the cache was asked for
  };
  enum class Caught : std::uint8_t { up, refused };  // refused: too many wait for the follower

  Seeking(const store::Database& database, const Follower& follower, cache::Cache& cache, CacheUse use = CacheUse::full)
      : database_(database), follower_(follower), cache_(cache), use_(use) {}

  Next step(const cache::Key& key);
  void caught_up(Caught how);

  /// What the database looked like when the cache had heard of all that; under a storm of commits it may be behind.
  [[nodiscard]] const model::Snapshot& arrival() const { return arrival_; }
  [[nodiscard]] cache::Found& found() { return found_; }
  /// Whether the cache has heard of all that arrival() holds: what is found alive after that is no older than the request.
  [[nodiscard]] bool has_caught_up() const { return has_caught_up_; }
  [[nodiscard]] bool has_waited() const { return has_waited_; }
  /// After a wait: whether the error of the flight is this request's answer too. The flight that was found first may have read
  /// before the request arrived; one that was found after it began later.
  [[nodiscard]] bool shares(const Error& error) const { return has_waited_ || is_retryable(error.code()); }

 private:
  enum class Stage : std::uint8_t { look, compare, arrived, look_up, landed };
  static constexpr int tries_max = 3;

  Next compare();
  Next look_up(const cache::Key& key);

  const store::Database& database_;
  const Follower& follower_;
  cache::Cache& cache_;
  const CacheUse use_;
  Stage stage_ = Stage::look;
  int tries_ = 0;
  bool has_waited_ = false;
  bool has_caught_up_ = false;
  model::Snapshot arrival_;
  cache::Found found_;
};

}  // namespace aljibe::serve
