#include "store/sqlite/instant.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "format/calendar.h"

namespace aljibe::store::sqlite {
namespace {

std::string day_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  if (static_cast<int>(date.year()) > 9999) return ":";  // after every digit
  std::array<char, 16> text;
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<format::Timestamp> parse(std::string_view text) {
  auto parsed = format::parse_timestamp(text);
  if (parsed) parsed = format::in_utc(*parsed);
  if (parsed) parsed->zone = format::Zone::none;
  return parsed;
}

std::string text_of(const format::Timestamp& time) {
  std::array<char, format::timestamp_bytes_max> bytes;
  return {bytes.data(), format::write(time, bytes)};
}

}  // namespace

std::optional<Instant> instant_of(std::string_view text) {
  const auto time = parse(text);
  if (!time) return std::nullopt;
  using namespace std::chrono;
  const sys_days day = year(time->date.year) / time->date.month / time->date.day;
  return Instant{.text = text_of(*time), .from = day_text(day - days(1)), .to = day_text(day + days(2))};
}

std::optional<std::string> instant_text(std::string_view text) {
  const auto time = parse(text);
  return time ? std::optional(text_of(*time)) : std::nullopt;
}

}  // namespace aljibe::store::sqlite
