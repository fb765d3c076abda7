#include "telemetry/telemetry.h"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace aljibe::telemetry {
namespace {

Counter counter_of(int status) {
  constexpr std::array classes{Counter::answers_2xx, Counter::answers_3xx, Counter::answers_4xx, Counter::answers_5xx};
  return classes[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)];
}

}  // namespace

void Telemetry::hear(const Event& event) {
  using What = Event::What;
  if (event.what == What::request_answered) {
    metrics_.add(counter_of(event.status));
    metrics_.add(Counter::body_bytes, event.bytes);
    metrics_.observe(Timer::answer, event.duration);
  }
  if (event.what == What::database_read) metrics_.observe(Timer::database_read, event.duration);
  if (event.what == What::incident) metrics_.add(Counter::incidents);
  if (!is_logged(event, verbosity_.load(std::memory_order_relaxed))) return;
  const auto line = log_line(event, clock_.wall());
  // One call a line, so that lines of several threads stay whole. A log that cannot be written stops nothing.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

/// Whether one more line about a refusal may be written now; tells how many were not.
bool Telemetry::has_room() {
  if (!pace_.admits(clock_.now())) return false;
  if (const auto suppressed = pace_.take_suppressed(); suppressed > 0) {
    const auto count = std::to_string(suppressed);
    hear({.what = Event::What::refusals_suppressed, .detail = count});
  }
  return true;
}

void Telemetry::hear_refusal(Event event) {
  if (!has_room()) return;
  event.what = Event::What::audited;
  if (event.audit.empty()) event.audit = "refused";
  hear(event);
}

void Telemetry::refused(Code code, std::string_view peer) {
  metrics_.add(Counter::refused);
  if (has_room()) hear({.what = Event::What::request_refused, .detail = name(code), .status = http_status(code), .client = peer});
}

void Telemetry::incident(std::string_view id, std::string_view what) {
  hear({.what = Event::What::incident, .detail = what, .request_id = id, .status = 500});
}

}  // namespace aljibe::telemetry
