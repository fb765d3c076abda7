#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/snapshot.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Says whether somebody committed to the database since an earlier look, without a polling interval.
class CommitSignal {
 public:
  virtual ~CommitSignal() = default;
  CommitSignal() = default;
  CommitSignal(const CommitSignal&) = delete;
  CommitSignal& operator=(const CommitSignal&) = delete;

  /// What the database looks like now. A stamp that could not be read whole equals no other.   Threads: any.
  [[nodiscard]] virtual model::Snapshot snapshot() = 0;
  /// "wal-index" or "data_version", for logs and health.
  [[nodiscard]] virtual const char* name() const = 0;
};

/// A stamp that equals no other, for when the truth is not known.
model::Snapshot unknown_snapshot();

/// The signal for the file at `path`, which `connection` has open; `tag` keeps the stamps of two files apart. The
/// WAL-index is used where the file is in WAL mode and its -shm can be mapped, data_version elsewhere.
Result<std::unique_ptr<CommitSignal>> open_commit_signal(const std::string& path, Connection& connection, std::uint64_t tag);

}  // namespace aljibe::store::sqlite
