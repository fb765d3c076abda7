#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// The file at `path`, to change its log; waits so long for another program's lock.
Result<Connection> open_to_log(const std::string& path, std::chrono::milliseconds patience);

/// Makes and mends the log and the triggers that write it. Writes nothing when all is there and the schema is the one for which
/// that was made; else a broken row.
/// Errors: file_unwritable, database_busy, database_error.
Result<void> start_log(const std::string& path);
Result<void> stop_log(const std::string& path);
/// Writes a broken row, where there is a log.
Result<void> break_log(const std::string& path);
/// Errors: database_error, also when there is none.
Result<LogIdentity> read_log_identity(Connection& connection);

/// Says which tables have their changes logged, in the transaction in which the catalogue is read.
Result<void> mark_logged(Connection& connection, model::Catalogue& catalogue);

/// Takes our triggers off a table; whether there were any. In the caller's transaction, as is the next.
Result<bool> remove_triggers(Connection& connection, std::string_view table);
/// Puts them there as the table is now, if it can be logged.
Result<void> add_triggers(Connection& connection, std::string_view table);

/// Explains a commit that changes nothing served, where there is a log.
void note(Connection& connection);

}  // namespace aljibe::store::sqlite
