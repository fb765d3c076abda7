#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::http {

/// Nothing when a '%' is not followed by two hexadecimal digits. '+' stays '+': a path has no other meaning for it.
std::optional<std::string> percent_decode(std::string_view text);

/// Everything but RFC 3986's unreserved characters encoded: fits any part of a URL.
std::string percent_encode(std::string_view text);

}  // namespace aljibe::http
