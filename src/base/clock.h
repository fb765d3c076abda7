#pragma once

#include <chrono>

namespace aljibe {

/// The time, as a value that tests can set. Implemented for real in io.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back; for durations and deadlines.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
  /// Wall clock; for people and headers, never for a decision about freshness.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
};

}  // namespace aljibe
