#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace aljibe::auth {

/// Lets each name try some times, and then ever more slowly: after `free` tries the next one waits `first_wait`, and each
/// after that twice as long, up to `wait_max`. A name that is quiet for that long and its wait starts anew.
///
/// A table of a fixed size: names that collide push out the one that has the least left to wait.   Threads: any.
class Throttle {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Pace {
    std::uint32_t free = 5;
    std::chrono::milliseconds first_wait{1'000};
    std::chrono::milliseconds wait_max{900'000};
  };

  explicit Throttle(std::size_t names_max);

  /// Counts a try by `name`, before it is known how it ends, so that a thousand at once are no way around. The time to wait when
  /// it is not let through; then it is not counted.
  std::optional<std::chrono::milliseconds> enter(std::string_view name, const Pace& pace, Time now);
  /// A try that ended well: the name's tries are forgotten.
  void forgive(std::string_view name);
  /// The same, but what others did under the name still counts: one try less, and the wait stays as it is.
  void take_back(std::string_view name);
  /// A try that was none: one less, and the wait is that of those before it.
  void undo(std::string_view name, const Pace& pace, Time now);

 private:
  static constexpr std::size_t ways = 8;
  struct Entry {
    std::uint64_t name = 0;   // its hash under a seed of this process; 0: free
    std::uint32_t tries = 0;
    Time opens;               // from when on it may try again
    Time forgotten;           // from when on it is as new
  };

  Entry* find(std::uint64_t name);
  Entry* row_of(std::uint64_t name) { return &entries_[name % (entries_.size() / ways) * ways]; }
  [[nodiscard]] std::uint64_t hash_of(std::string_view name) const;

  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::uint64_t seed_;
};

}  // namespace aljibe::auth
