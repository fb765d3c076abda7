#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aljibe::telemetry {

/// What is counted; names, labels and words are in metrics.cc, and for people in docs/metrics.md.
enum class Counter : std::uint8_t {
  answers_2xx, answers_3xx, answers_4xx, answers_5xx, body_bytes, memo_hits, connections_opened, connections_closed,
  refused, incidents, last_
};

/// What is timed.
enum class Timer : std::uint8_t { answer, database_read, last_ };

/// Upper bounds of the buckets; the one above the last is open.
inline constexpr std::array<std::chrono::nanoseconds, 14> bucket_bounds{
    std::chrono::microseconds(50), std::chrono::microseconds(100), std::chrono::microseconds(250), std::chrono::microseconds(500),
    std::chrono::milliseconds(1), std::chrono::microseconds(2'500), std::chrono::milliseconds(5), std::chrono::milliseconds(10),
    std::chrono::milliseconds(25), std::chrono::milliseconds(50), std::chrono::milliseconds(100), std::chrono::milliseconds(250),
    std::chrono::seconds(1), std::chrono::seconds(10)};

/// A value that somebody else keeps, read when metrics are asked for.
struct Sample {
  std::string_view name;
  std::string_view type;    // counter, gauge
  std::string_view help;    // empty: the line before had the same name
  std::string_view labels;  // "outcome=\"hit\"", or empty
  double value = 0;
};

/// Counters and timers. Each thread adds to a cell of its own, so that counting costs nanoseconds.   Threads: any.
class Metrics {
 public:
  void add(Counter counter, std::uint64_t amount = 1) {
    cell().counters[static_cast<std::size_t>(counter)].fetch_add(amount, std::memory_order_relaxed);
  }
  void observe(Timer timer, std::chrono::nanoseconds duration);

  [[nodiscard]] std::uint64_t value(Counter counter) const;
  /// Everything in Prometheus' text format 0.0.4, `samples` after our own.
  [[nodiscard]] std::string text(std::span<const Sample> samples) const;

 private:
  static constexpr std::size_t counters_count = static_cast<std::size_t>(Counter::last_);
  static constexpr std::size_t timers_count = static_cast<std::size_t>(Timer::last_);
  struct Durations {
    std::array<std::atomic<std::uint64_t>, bucket_bounds.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };
  struct alignas(64) Cell {
    std::array<std::atomic<std::uint64_t>, counters_count> counters{};
    std::array<Durations, timers_count> timers{};
  };

  Cell& cell() { return cells_[cell_of_thread()]; }
  static std::size_t cell_of_thread();
  void append_timer(std::string& text, Timer timer) const;

  static constexpr std::size_t cells_count = 16;
  std::array<Cell, cells_count> cells_{};
};

}  // namespace aljibe::telemetry
