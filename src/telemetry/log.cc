#include "telemetry/log.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "telemetry/hidden.h"

namespace aljibe::telemetry {
namespace {

using What = Event::What;

constexpr auto names = std::to_array<std::string_view>(
    {"server_started", "server_draining", "server_stopped", "config_reloaded", "config_refused", "request_answered",
     "request_refused", "connection_opened", "connection_closed", "cache_lookup", "cache_evicted", "database_read",
     "schema_changed", "incident", "redis_connected", "redis_lost", "redis_slow", "redis_in_time", "token_refused", "keys_unavailable",
     "audited", "refusals_suppressed"});

std::string_view level(const Event& event) {
  if (event.what == What::incident || event.status >= 500) return "error";
  constexpr auto warnings = std::to_array({What::config_refused, What::request_refused, What::redis_lost, What::redis_slow, What::token_refused, What::keys_unavailable, What::refusals_suppressed});
  return std::ranges::find(warnings, event.what) != warnings.end() ? "warning" : "info";
}

std::string digits(long number, std::size_t width) {
  auto text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

/// RFC 3339 in UTC, with milliseconds.
std::string time_text(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return digits(static_cast<int>(date.year()), 4) + "-" + digits(static_cast<unsigned>(date.month()), 2) + "-" +
         digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(clock.hours().count(), 2) + ":" + digits(clock.minutes().count(), 2) +
         ":" + digits(clock.seconds().count(), 2) + "." + digits(clock.subseconds().count(), 3) + "Z";
}

constexpr std::size_t value_bytes_max = 512;

bool is_plain(char letter) {
  return letter > 0x20 && letter < 0x7f && letter != '"' && letter != '=' && letter != '\\';
}

void append(std::string& line, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  line.append(" ").append(name).append("=");
  if (value.size() <= value_bytes_max && std::ranges::all_of(value, is_plain)) {
    line += value;
    return;
  }
  line += '"';
  for (const char letter : value.substr(0, value_bytes_max)) {
    if (letter >= ' ' && letter < 0x7f) {
      if (letter == '"' || letter == '\\') line += '\\';
      line += letter;
    } else {
      line += "\\x";
      append_hex(line, {&letter, 1});
    }
  }
  line += value.size() > value_bytes_max ? "...\"" : "\"";
}

}  // namespace

bool is_logged(const Event& event, Verbosity verbosity) {
  switch (event.what) {
    case What::connection_opened:
    case What::connection_closed:
    case What::cache_lookup:
    case What::cache_evicted:
    case What::database_read: return false;
    case What::request_answered: return verbosity == Verbosity::requests || (verbosity == Verbosity::usual && event.status >= 500);
    case What::request_refused: return verbosity != Verbosity::quiet;
    default: return true;
  }
}

std::string log_line(const Event& event, std::chrono::system_clock::time_point time) {
  std::string line = "time=" + time_text(time);
  append(line, "level", level(event));
  append(line, "event", names[static_cast<std::size_t>(event.what)]);
  if (event.status != 0) append(line, "status", std::to_string(event.status));
  append(line, "detail", event.detail);
  append(line, "id", event.request_id);
  if (event.bytes != 0) append(line, "bytes", std::to_string(event.bytes));
  if (event.duration.count() != 0) {
    append(line, "us", std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(event.duration).count()));
  }
  append(line, "audit", event.audit);
  append(line, "who", event.who);
  append(line, "client", event.client);
  if (!event.target.empty()) append(line, "target", without_secrets(event.target));
  return line + '\n';
}

}  // namespace aljibe::telemetry
