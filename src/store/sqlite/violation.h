#pragma once

#include <cstddef>

#include "base/result.h"
#include "query/change.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// What the last statement on `connection`, run for `row` of the change, failed with: a broken constraint as the dialect
/// tells it, with the SQLSTATE that PostgreSQL has for it, the constraint and the columns; any other error as error_of.
Error violation_of(Connection& connection, const query::Change& change, std::size_t row);

/// Foreign keys that are only checked at the end of a transaction: each change answers for its own.
/// Errors: foreign_key_violation.
Result<void> check_deferred(Connection& connection, const query::Change& change);

}  // namespace aljibe::store::sqlite
