#pragma once

#include <memory>

#include "base/result.h"
#include "model/table.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Every table and view of the main database, without SQLite's own and ours (`aljibe_…`), in the caller's transaction.
Result<std::shared_ptr<const model::Catalogue>> introspect(Connection& connection);

}  // namespace aljibe::store::sqlite
