#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "model/table.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Every table and view of the main database, without SQLite's own and ours (`aljibe_…`), in the caller's transaction.
/// `generation` counts the files that stood at the database's path.
Result<std::shared_ptr<const model::Catalogue>> introspect(Connection& connection, std::uint32_t generation = 0);

/// What Catalogue::schema_version is: SQLite's own number, which another file may have as well, behind the generation.
std::uint64_t schema_stamp(std::uint32_t generation, std::int64_t schema_version);

}  // namespace aljibe::store::sqlite
