#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/load.h"
#include "model/table.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/sink.h"

namespace aljibe::store::sqlite {

/// A lock between processes: held until destroyed. Errors: target_busy, file_unwritable.
class FileLock {
 public:
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  FileLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_ = -1;
  std::string path_;
};

/// Where a pipeline writes: a private file beside the database as long as there is none, renamed when all is in it;
/// else the database itself, in staging tables that become visible in one transaction.
///
/// Errors: target_busy, file_unwritable, disk_full, database_unavailable, database_error.   Threads: one.
class Target {
 public:
  enum class Place : std::uint8_t { private_file, database };
  enum class Restart : std::uint8_t { no, yes };

  static Result<Target> open(const std::string& path, Restart restart);

  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] Place place() const { return place_; }

  /// The table as it can be seen now, by the database's readers or later steps; nothing when there is none.
  Result<std::optional<model::Table>> existing(const std::string& table);

  /// Makes the empty staging table; an old one of that name is dropped.
  Result<void> make_staging(const model::Table& staging, Positions positions);
  Result<void> drop_staging_of_old_runs();
  Result<bool> has_table(const std::string& table);
  /// Indexes the keys and declares them in the table's definition. Once; inside a transaction.
  Result<void> seal(const model::Table& staging, Positions positions);

  /// Inside the publishing transaction: the staging table takes the place of `table`, whose own indexes and triggers it keeps.
  Result<void> replace(const model::Table& staging, const std::string& table);
  /// Inside the publishing transaction: its rows join those of `table`; with upsert they win where the key is there.
  Result<void> merge(const model::Table& staging, const model::Table& table, model::Mode mode);
  /// Rows of the staging table whose key `table` already has, each once, by source and position.
  struct Conflict {
    std::int64_t row = 0;
    std::int64_t source = 0;
    model::Position position;
    std::string columns;
  };
  Result<std::vector<Conflict>> conflicts(const model::Table& staging, const model::Table& table);
  Result<void> remove(const model::Table& staging, const std::vector<Conflict>& rows);

  /// Whether the private file is complete and lacks but its name.
  Result<bool> is_complete();
  /// After the last commit: the private file becomes the database. Readers find all of it or nothing.
  Result<void> finish();

 private:
  Target(std::string path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  Result<void> connect(Restart restart);
  Result<void> configure();

  std::string path_;
  FileLock lock_;
  std::string file_;  // that connection_ has open
  Place place_ = Place::database;
  Connection connection_;
};

/// The definition of `table` as a person would write it.
enum class Keys : std::uint8_t { declared, left_out };
std::string definition(const model::Table& table, Keys keys, Positions positions = Positions::forgotten);

}  // namespace aljibe::store::sqlite
