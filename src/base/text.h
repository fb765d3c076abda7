#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace aljibe {

/// ASCII only: what HTTP, the dialect and SQL names need; never looks at the locale.
char to_lower(char letter);
std::string to_lower(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);
/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

/// In double quotes, with a backslash before quotes and backslashes: a text that is one value of the dialect's lists and
/// trees, whatever stands in it.
std::string quoted(std::string_view text);

/// At most `bytes_max` bytes of UTF-8 text, cut between characters, with "…" behind what was cut: for messages.
std::string shortened(std::string_view text, std::size_t bytes_max = 100);

/// The value of a hexadecimal digit, of either case; -1 of other bytes.
int hex_digit(char digit);

/// Two hexadecimal digits, in lower case, for each byte.
void append_hex(std::string& out, std::string_view bytes);

/// The candidate that a person most likely meant by `word`: within two edits and a third of its length; else empty.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace aljibe
