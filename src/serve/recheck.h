#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/limits.h"
#include "cache/cache.h"
#include "io/pool.h"
#include "serve/follower.h"
#include "serve/question.h"
#include "serve/reading.h"
#include "serve/rules.h"
#include "store/database.h"
#include "telemetry/telemetry.h"

namespace aljibe::serve {

/// Doubts the cache all the time: one hit of many is read from the database again, behind the answer, and compared.
///
/// An entry that the cache still calls fresh after that read was altered by nothing up to then, so both must say the same. If
/// they do not, a promise is broken, by a fault of ours or by a writer outside of the assumptions: everything is
/// dropped and an incident told. One at a time; when the pool is full, none.   Threads: any.
class Recheck : public std::enable_shared_from_this<Recheck> {
 public:
  struct Near {
    store::Database& database;
    io::Pool& pool;
    telemetry::Telemetry& telemetry;
    const Clock& clock;
    cache::Cache& cache;
    Follower& follower;
    const Limits& limits;
  };
  struct Figures {
    std::uint64_t same = 0, different = 0, undecided = 0;  // undecided: altered meanwhile, or not readable
  };

  /// All of it lives until stop().
  explicit Recheck(const Near& near) : near_(near) {}

  /// Counts a hit of this thread. Whether it should be rechecked: every `one_in`th, none when that is 0. It stays due until
  /// it is taken.
  [[nodiscard]] bool is_due(std::uint32_t one_in) const {
    return one_in != 0 && ++hits_since_ >= one_in && !is_busy_.load(std::memory_order_relaxed);
  }
  /// The hit that was due.
  void take(std::shared_ptr<const cache::Entry> entry, const Question& question, const Rules& rules);

  [[nodiscard]] Figures figures() const;
  /// Waits for what is under way; nothing is touched afterwards.
  void stop();

 private:
  enum class Finding : std::uint8_t { same, different, undecided, last_ };
  void check(const cache::Entry& entry, const Question& question, const Rules& rules);
  [[nodiscard]] Finding compare(const cache::Entry& entry, const Question& question, const Rules& rules);

  static thread_local std::uint32_t hits_since_;

  const Near near_;
  std::atomic<bool> is_busy_{false};
  std::mutex mutex_;  // held through a read of the database: only stop() waits for it
  bool is_stopped_ = false;
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Finding::last_)> findings_{};
};

}  // namespace aljibe::serve
