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
  std::uint64_t id = 0;  // of the row of the log that told it; of the last one that was read, where only tables are told
};

/// What was committed since an earlier look, in the order of the commits.
///
/// `nonces` is the history that outlives this process: the random numbers of the rows of the log from `first` to `last`. Whoever
/// knows the id of a row and its nonce stands in the same history. With `is_whole`, no nonces: nothing was logged since. Without:
/// the history that was known is over; the nonces, when there are any, are a new one, and `rows` tells what was logged in it.
struct Changes {
  Snapshot snapshot;                 // what the database looked like when this was read: no commit before it is missing
  std::uint64_t schema_version = 0;  // of the catalogue that the rows follow
  std::uint64_t schema = 0;          // the same as the file has it: of one history, whichever process reads it
  std::uint64_t last = 0;            // where the next look goes on
  bool is_whole = false;             // false: something was committed that `rows` does not tell, or may have been
  std::vector<RowChange> rows;
  std::uint64_t first = 0;            // the id of nonces[0]
  std::vector<std::uint64_t> nonces;  // without a gap until `last`
};

}  // namespace aljibe::model
