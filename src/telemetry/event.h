#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace aljibe::telemetry {

/// Everything noteworthy, as one type: rooms emit, app decides what becomes a log line, a counter or a span.
struct Event {
  enum class What : std::uint8_t {
    server_started, server_draining, server_stopped, config_reloaded, config_refused,
    request_answered, request_refused, connection_opened, connection_closed,
    cache_lookup, cache_evicted, database_read, schema_changed, incident,
    redis_connected, redis_lost, redis_slow, redis_in_time, token_refused, keys_unavailable, audited, refusals_suppressed
  };
  What what;
  std::string_view detail;                 // outcome, table, reason: a short word
  std::string_view request_id;
  int status = 0;
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds duration{0};
  std::string_view target;                 // request target as it came; a log says it without its secrets
  std::string_view client;                 // the address of who asked
  std::string_view audit;                  // of audited: what was done or refused, one of the words in docs/security.md
  std::string_view who;                    // of audited: issuer and subject, when they are known
};

using Emit = std::function<void(const Event&)>;

}  // namespace aljibe::telemetry
