#include "store/sqlite/instant.h"

#include <array>

#include "format/calendar.h"

namespace aljibe::store::sqlite {

std::optional<Instant> instant_of(std::string_view text) {
  constexpr std::size_t day_bytes = 10;
  constexpr std::string_view utc = "+00:00";
  auto parsed = format::parse_timestamp(text);
  if (parsed) parsed = format::in_utc(*parsed);
  if (!parsed) return std::nullopt;
  parsed->zone = format::Zone::none;
  std::array<char, format::timestamp_bytes_max> bytes;
  Instant instant{.t = std::string(bytes.data(), format::write(*parsed, bytes))};
  instant.day = instant.t.substr(0, day_bytes);
  instant.day_t = instant.day + 'T';
  instant.t_utc = instant.t + std::string(utc);
  instant.blank = instant.day + ' ' + instant.t.substr(day_bytes + 1);
  instant.blank_utc = instant.blank + std::string(utc);
  instant.is_midnight = parsed->second_of_day == 0 && parsed->nanosecond == 0;
  return instant;
}

}  // namespace aljibe::store::sqlite
