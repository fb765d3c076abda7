#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "cache/cache.h"
#include "store/database.h"

namespace aljibe::serve {

/// Tells the cache what the database tells: every commit, whoever made it.   Threads: any.
///
/// Shared with those who hear of a write's end, which may come after the cache is gone: it has been stopped by then.
class Follower {
 public:
  /// Both live until stop().
  Follower(store::Database& database, cache::Cache& cache) : database_(database), cache_(cache) {}

  /// Makes the database log its changes, and begins to follow them. Blocks.
  /// Errors: those of start_log; then nothing is followed, and any commit outdates every response.
  Result<void> start();
  /// Waits for what is under way; nothing is touched afterwards.
  void stop();
  [[nodiscard]] bool is_following() const { return is_following_.load(std::memory_order_acquire); }

  /// Whether `arrival` holds a commit that the cache has not heard of.
  [[nodiscard]] bool is_behind(const model::Snapshot& arrival) const { return is_following() && !cache_.is_current(arrival); }
  /// Hears what was committed until now; whether that is all that was committed before the call. Blocks for some tens of microseconds.
  bool advance();
  /// The same; and when the tables have changed, makes the database log them anew, which may wait for its lock. When something
  /// was committed that the log does not tell, has the log say so.
  void advance_and_mend();

  /// Has the log say that nobody goes on across this moment: what lies outside of every process is taken by none of them any more.
  void break_history();

 private:
  void mend();
  static constexpr int tries_max = 3;

  store::Database& database_;
  cache::Cache& cache_;
  std::atomic<bool> is_following_{false};
  std::atomic<bool> is_to_mend_{false};
  std::atomic<bool> is_to_break_{false};
  std::atomic<int> tries_{0};  // of mending the log of the present schema
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::uint64_t schema_version_ = 0;
};

/// For a write: when it was made, the cache hears of it first, and `done` after.
store::WriteDone heard_first(std::shared_ptr<Follower> follower, store::WriteDone done);

}  // namespace aljibe::serve
