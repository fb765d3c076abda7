#pragma once

#include <atomic>
#include <string_view>

#include "base/clock.h"
#include "io/handler.h"
#include "telemetry/event.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace aljibe::telemetry {

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

  [[nodiscard]] Metrics& metrics() { return metrics_; }
  void set_verbosity(Verbosity verbosity) { verbosity_ = verbosity; }

  void connection_opened() override { metrics_.add(Counter::connections_opened); }
  void connection_closed() override { metrics_.add(Counter::connections_closed); }
  void refused(Code code) override;
  void incident(std::string_view id, std::string_view what) override;

 private:
  const Clock& clock_;
  std::atomic<Verbosity> verbosity_;
  Metrics metrics_;
};

}  // namespace aljibe::telemetry
