#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace aljibe::auth::testing {

/// Both clocks, standing still unless the test moves them.   Threads: any.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return std::chrono::steady_clock::time_point(passed_.load()); }
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::time_point(std::chrono::seconds(start_seconds)) + passed_.load(); }

  void pass(std::chrono::nanoseconds time) { passed_ = passed_.load() + time; }
  /// What a token says that is so much later than the start.
  static std::string seconds(std::int64_t after_start) { return std::to_string(start_seconds + after_start); }

 private:
  static constexpr std::int64_t start_seconds = 1'800'000'000;
  std::atomic<std::chrono::nanoseconds> passed_{std::chrono::nanoseconds(0)};
};

}  // namespace aljibe::auth::testing
