#pragma once

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Registers aljibe_like, aljibe_ilike (PostgreSQL's LIKE: % and _, backslash escapes, case counts in the first) and
/// aljibe_match, aljibe_imatch (RE2, found anywhere in the text). Each takes (column, pattern); null gives null.
/// A broken regular expression fails the statement with `bad_pattern_message` in front of the reason.
///
/// For embedded rows aljibe_object, aljibe_members, aljibe_braces, aljibe_value and the aggregate aljibe_array, as sql_output.cc
/// tells; their first argument is a RowWriter bound as a pointer of `writer_type`. Arrays that grow too large fail with
/// `too_large_message`.
Result<void> register_functions(Connection& connection);

inline constexpr const char* writer_type = "aljibe_writer";
inline constexpr const char* too_large_message = "The related rows of one row are too large";
inline constexpr const char* bad_pattern_message = "invalid regular expression";

}  // namespace aljibe::store::sqlite
