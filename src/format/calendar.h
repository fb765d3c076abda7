#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace aljibe::format {

/// A day of the proleptic Gregorian calendar, years 1 to 9999.
struct Date {
  int year = 1;
  int month = 1;
  int day = 1;
  friend bool operator==(const Date&, const Date&) = default;
};

enum class Zone : std::uint8_t { none, given };

struct Timestamp {
  Date date;
  int second_of_day = 0;
  int nanosecond = 0;
  Zone zone = Zone::none;
  int offset_minutes = 0;  // east of UTC
  friend bool operator==(const Timestamp&, const Timestamp&) = default;
};

inline constexpr std::size_t timestamp_bytes_max = 35;  // "9999-12-31T23:59:59.999999999+00:00"

/// YYYY-MM-DD, no other form.
std::optional<Date> parse_date(std::string_view text);
/// The forms that `convert` documents.
std::optional<Timestamp> parse_timestamp(std::string_view text);
/// The same instant with offset 0; nothing when it leaves the calendar. Unchanged where no offset was given.
std::optional<Timestamp> in_utc(Timestamp timestamp);
/// Writes the normal form of a timestamp that in_utc gave. Out: bytes written.
std::size_t write(const Timestamp& timestamp, std::span<char, timestamp_bytes_max> out);

}  // namespace aljibe::format
