#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::query {

/// Decodes %XX, and + as a blank; a % before anything else stands for itself, so that like.%word% may be typed as it is.
/// Nothing when the result is not UTF-8 or holds a NUL.
std::optional<std::string> decode_form(std::string_view encoded);

/// Encodes all that decode_form or a query string gives a meaning to; what the dialect uses as punctuation stays readable.
std::string encode_component(std::string_view text);

}  // namespace aljibe::query
