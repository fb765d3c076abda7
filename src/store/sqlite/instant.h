#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::store::sqlite {

/// A time as files hold it in many spellings: with a T or a blank, with or without an offset, with a fraction of any length.
/// A time without an offset is taken for UTC.
struct Instant {
  std::string text;  // "2024-01-02T03:04:05.5" in UTC, without zeros at the end of the fraction: texts in the order of time
  std::string from;  // no spelling of this instant sorts before this text …
  std::string to;    // … nor at or after this one: offsets move the day by one at most
};

/// Reads the forms that format/convert.h documents; nothing for other texts.
std::optional<Instant> instant_of(std::string_view text);

/// The text of that instant alone.
std::optional<std::string> instant_text(std::string_view text);

}  // namespace aljibe::store::sqlite
