#pragma once

#include <string_view>

namespace aljibe::query {

/// Well-formed by Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace aljibe::query
