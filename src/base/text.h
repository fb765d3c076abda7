#pragma once

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

/// The candidate that a person most likely meant by `word`: within two edits and a third of its length; else empty.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace aljibe
