#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe {

/// Nothing when a '%' is not followed by two hexadecimal digits. '+' stays '+': a path has no other meaning for it.
std::optional<std::string> percent_decode(std::string_view text);

/// Everything encoded but RFC 3986's unreserved characters, which fit any part of a URL, and those of `kept`.
std::string percent_encode(std::string_view text, std::string_view kept = {});

}  // namespace aljibe
