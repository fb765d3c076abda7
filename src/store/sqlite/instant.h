#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::store::sqlite {

/// The texts under which files hold one instant: ours with a T, SQLite's own functions with a blank, and either with the
/// offset of UTC behind it. A time without an offset is taken for UTC.
struct Instant {
  std::string day;        // "2024-01-02"
  std::string day_t;      // "2024-01-02T": later than all texts of the day with a blank, earlier than those with a T
  std::string t;          // "2024-01-02T03:04:05"
  std::string t_utc;      // … "+00:00"
  std::string blank;      // "2024-01-02 03:04:05"
  std::string blank_utc;  // … "+00:00"
  bool is_midnight = false;
};

/// Reads the forms that format/convert.h documents; nothing for other texts.
std::optional<Instant> instant_of(std::string_view text);

}  // namespace aljibe::store::sqlite
