#pragma once

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Registers aljibe_like, aljibe_ilike (PostgreSQL's LIKE: % and _, backslash escapes, case counts in the first) and
/// aljibe_match, aljibe_imatch (RE2, found anywhere in the text). Each takes (column, pattern); null gives null.
/// A broken regular expression fails the statement with `bad_pattern_message` in front of the reason.
Result<void> register_functions(Connection& connection);

inline constexpr const char* bad_pattern_message = "invalid regular expression";

}  // namespace aljibe::store::sqlite
