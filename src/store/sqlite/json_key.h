#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::store::sqlite {

/// Bytes for a JSON value that sort as PostgreSQL's jsonb values do, and are equal where those are: null < texts < numbers <
/// booleans < arrays < objects, with the shorter array or object first; numbers in decimal, so that 1.0 is 1 and no digit is
/// lost; texts by their bytes; of a key that stands twice the last. Nothing for a text that is no JSON.
/// Source: PostgreSQL documentation §8.14.4, jsonb indexing.
std::optional<std::string> json_key(std::string_view json);

}  // namespace aljibe::store::sqlite
