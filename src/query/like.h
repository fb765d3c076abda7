#pragma once

#include <cstdint>
#include <string_view>

namespace aljibe::query {

enum class Case : std::uint8_t { counts, ignored };

/// PostgreSQL's LIKE on UTF-8: `%` is any text, `_` one character, a backslash takes the next byte as it is. Case is
/// folded for ASCII, Latin-1, Greek and Cyrillic letters. Greedy with one point to return to, so linear in practice and
/// at most |text| × |pattern|.
bool is_like(std::string_view text, std::string_view pattern, Case letters);

}  // namespace aljibe::query
