#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe {

/// What becomes of a '%' that two hexadecimal digits do not follow.
enum class BrokenEscape : std::uint8_t { refused, kept };

/// Nothing when a broken escape is refused. '+' stays '+': a path has no other meaning for it.
std::optional<std::string> percent_decode(std::string_view text, BrokenEscape broken = BrokenEscape::refused);

/// Everything encoded but RFC 3986's unreserved characters, which fit any part of a URL, and those of `kept`.
std::string percent_encode(std::string_view text, std::string_view kept = {});

}  // namespace aljibe
