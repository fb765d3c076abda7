#pragma once

#include <optional>

#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/write.h"

namespace aljibe::store::sqlite {

// What was done under an Idempotency-Key, kept for a day in the table aljibe_repeats, committed with the change itself: so a
// retry after a lost answer, or a crash between commit and answer, finds either both or neither.

/// Makes the table when it is not there.
Result<void> prepare_repeats(Connection& connection);

/// The outcome of the same request made before, if there was one.
/// Errors: repeat_mismatch when the key belongs to another request.
Result<std::optional<Written>> find_repeat(Connection& connection, const Once& once);

/// Remembers the outcome, and forgets what is older than a day, or more than a million changes ago.
Result<void> record_repeat(Connection& connection, const Once& once, const Written& written);

}  // namespace aljibe::store::sqlite
