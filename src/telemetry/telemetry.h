#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "io/handler.h"
#include "telemetry/event.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace aljibe::telemetry {

/// So many lines a second, and how many more there would have been.   Threads: any.
class AuditPace {
 public:
  static constexpr int lines_max = 100;

  bool admits(std::chrono::steady_clock::time_point now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (auto seen = second_.load(std::memory_order_relaxed); seen != second && second_.compare_exchange_strong(seen, second)) lines_ = 0;
    if (lines_.fetch_add(1, std::memory_order_relaxed) < lines_max) return true;
    suppressed_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  /// How many were not admitted; once, when there is room to say it.
  std::uint64_t take_suppressed() {
    return lines_.load(std::memory_order_relaxed) < lines_max ? suppressed_.exchange(0, std::memory_order_relaxed) : 0;
  }

 private:
  std::atomic<std::int64_t> second_{0};
  std::atomic<int> lines_{0};
  std::atomic<std::uint64_t> suppressed_{0};
};

/// Where events go: counters, timers, and lines on standard error.   Threads: any.
class Telemetry final : public io::Observer {
 public:
  /// `clock` outlives the object.
  explicit Telemetry(const Clock& clock, Verbosity verbosity = Verbosity::usual) : clock_(clock), verbosity_(verbosity) {}

  void hear(const Event& event);
  /// A hit that was answered at once: counted, nothing else.
  void hear_memo_hit(int status, std::size_t body_bytes) {
    metrics_.add(Counter::memo_hits);
    metrics_.add(status < 300 ? Counter::answers_2xx : Counter::answers_3xx);
    metrics_.add(Counter::body_bytes, body_bytes);
  }

  /// A line of the audit log about a refusal: up to a rate, so that who is refused cannot fill a disk.
  void hear_refusal(Event event);

  [[nodiscard]] Metrics& metrics() { return metrics_; }
  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }

  void connection_opened() override { metrics_.add(Counter::connections_opened); }
  void connection_closed() override { metrics_.add(Counter::connections_closed); }
  void refused(Code code, std::string_view peer) override;
  void incident(std::string_view id, std::string_view what) override;

 private:
  bool has_room();

  const Clock& clock_;
  std::atomic<Verbosity> verbosity_;
  Metrics metrics_;
  AuditPace pace_;
};

}  // namespace aljibe::telemetry
