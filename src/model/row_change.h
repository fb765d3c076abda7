#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/snapshot.h"
#include "model/stored.h"

namespace aljibe::model {

/// A row as it was and as it is. Without `before` it was inserted, without `after` removed; a change of which neither is
/// known may be of any row.
struct RowChange {
  std::string table;
  std::optional<StoredRow> before;
  std::optional<StoredRow> after;
  std::uint64_t id = 0;  // of its row of the log; 0 when nobody asks
};

/// What was committed since an earlier look, in the order of the commits.
struct Changes {
  Snapshot snapshot;                 // what the database looked like when this was read: no commit before it is missing
  std::uint64_t schema_version = 0;  // of the catalogue that the rows follow
  std::uint64_t last = 0;            // where the next look goes on
  bool is_whole = false;             // false: something was committed that `rows` does not tell, or may have been
  std::vector<RowChange> rows;
  std::uint64_t schema = 0;           // as the file has it, alike in every process
  std::uint64_t first = 0;            // the log row of nonces.front()
  std::vector<std::uint64_t> nonces;  // of the log's rows first … last; none when no history is known
};

}  // namespace aljibe::model
