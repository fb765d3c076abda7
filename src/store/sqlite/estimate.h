#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "query/plan.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// How many rows the plan's condition selects, by statistics alone: no row is read. Nothing for views and virtual tables.
Result<std::optional<std::uint64_t>> planned_count(Connection& connection, const query::Plan& plan);

}  // namespace aljibe::store::sqlite
