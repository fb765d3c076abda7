#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Makes durable what other connections, also of other programs, have committed to one file.   Threads: any.
class Syncing {
 public:
  explicit Syncing(std::string path) : path_(std::move(path)) {}

  /// As Database::sync.
  Result<void> run();

 private:
  Result<void> open();
  Result<void> sync_files();
  Result<void> sync_log_file();
  Result<void> sync_folder();

  const std::string path_;
  std::mutex mutex_;
  Connection connection_;
  Statement look_;
  std::optional<std::uint64_t> folder_synced_for_;  // the inode of the WAL that was there
  std::optional<Error> failed_;
};

}  // namespace aljibe::store::sqlite
