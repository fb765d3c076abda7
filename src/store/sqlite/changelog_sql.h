#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// What a row of the log tells. The numbers stand in files.
enum class LogKind : std::uint8_t {
  inserted = 1,
  updated = 2,
  removed = 3,
  replaced_by_insert = 4,  // if the insert that was about to be made was made
  replaced_by_update = 5,
  note = 6,                // nothing that is served: a commit of our own explains itself
  broken = 7               // something may have changed up to here that the log does not tell
};

/// How a table looks to its triggers.
struct LoggedTable {
  struct KeyColumn {
    std::string name;
    std::string collation;
    bool may_become_default = false;  // OR REPLACE puts the default in the place of a null
  };
  struct Key {
    bool is_primary = false;
    std::vector<KeyColumn> columns;
  };
  std::string name;
  std::vector<std::string> columns;
  std::vector<Key> keys;  // those that have an index
  std::string rowid;      // an identifier that means it; empty when there is none
  bool has_rowid = true;
};

struct Trigger {
  std::string name;
  std::string sql;  // as the schema keeps it
};

inline constexpr std::string_view log_table = "aljibe_changes";
/// One row: whose log it is, and the schema for which it was set up.
inline constexpr std::string_view record_table = "aljibe_log";
/// Of one table. A wide log makes each insert into it dearer, whatever table it is of: 9 µs at 200 values.
inline constexpr std::size_t logged_columns_max = 100;

/// The definition of the log with so many columns for values.
std::string log_definition(std::size_t values_count);
/// How many columns for values the log has; nothing when there is none, or none that we would make.
Result<std::optional<std::size_t>> log_width(Connection& connection);

/// The definition of the table with the log's record.
std::string record_definition();
/// The schema version that was noted when the log was last set up; nothing when there is no record as we would make it.
Result<std::optional<std::int64_t>> recorded_schema(Connection& connection);

/// Nothing when the changes of `table` cannot be logged.
Result<std::optional<LoggedTable>> read_logged_table(Connection& connection, std::string_view table);
std::vector<Trigger> triggers_of(const LoggedTable& table);

}  // namespace aljibe::store::sqlite
