#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aljibe {

// Well-formed by Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.

/// Bytes of the character at the start of `text`; 0 when it is malformed or there is none.
std::size_t utf8_bytes(std::string_view text);
bool is_utf8(std::string_view text);

/// Appends a character. In: a code point up to U+10FFFF, no surrogate.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace aljibe
