// What a reader sees may be in no file yet, only in the kernel's memory: in WAL mode a commit is synced only with
// synchronous=FULL, and with synchronous=OFF nothing ever is. So the files are synced here, whoever wrote them:
//
//   WAL mode        the WAL; then the database, for what a checkpoint moved there; the folder, when the WAL is a new one
//   other modes     the rollback journal, as cutting it is the commit; the database; the folder, as removing it is the commit
//
// They are reached through a connection of SQLite: closing a descriptor of the database file would drop all locks that this process has
// on it (fcntl(2)). The journal is not locked, and the folder neither.
//
// A sync that failed is not tried again: Linux tells of what it could not write once, and then takes it for written.
// What a writer with synchronous=OFF does afterwards can lose it again: SQLite promises no more there.
#include "store/sqlite/syncing.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "syncing the database";

Error failure(const std::string& path, std::string reason) {
  return Error(Code::database_error, "Cannot sync " + path + ": " + std::move(reason), {}, "Look for errors of the disk; answers are shared again after a restart.");
}

/// One of SQLite's open files; nothing where it is not open, or is no file.
Result<void> sync_file(sqlite3* handle, int which, const std::string& path) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle, "main", which, static_cast<void*>(&file)) != SQLITE_OK) return std::unexpected(error_of(handle, doing));
  if (file == nullptr || file->pMethods == nullptr) return {};
  const int result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (result != SQLITE_OK) return std::unexpected(failure(path, sqlite3_errstr(result)));
  return {};
}

/// A file that nobody locks, or a folder; nothing when it is not there.
Result<void> sync_unlocked(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
  if (descriptor < 0 && errno == ENOENT) return {};
  if (descriptor < 0) return std::unexpected(failure(path, std::generic_category().message(errno)));
  const int result = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  if (result != 0) return std::unexpected(failure(path, std::generic_category().message(reason)));
  return {};
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Result<void> Syncing::run() {
  const std::scoped_lock lock(mutex_);
  if (failed_) return std::unexpected(*failed_);
  ALJ_TRY(open());
  auto synced = sync_files();
  if (!synced) failed_ = synced.error();
  return synced;
}

Result<void> Syncing::open() {
  if (connection_) return {};
  auto connection = ALJ_TRY(Connection::open(path_, Access::read_only));
  look_ = ALJ_TRY(connection.prepare("SELECT 1 FROM sqlite_schema", doing));
  connection_ = std::move(connection);
  return {};
}

Result<void> Syncing::sync_files() {
  const Using reading(look_);  // opens the WAL, where there is one
  static_cast<void>(ALJ_TRY(look_.step()));
  ALJ_TRY(sync_log_file());
  ALJ_TRY(sync_file(connection_.handle(), SQLITE_FCNTL_FILE_POINTER, path_));
  return sync_folder();
}

/// In other modes than WAL this connection has no journal open, as it only reads.
Result<void> Syncing::sync_log_file() {
  ALJ_TRY(sync_file(connection_.handle(), SQLITE_FCNTL_JOURNAL_POINTER, path_ + "-wal"));
  return sync_unlocked(path_ + "-journal", 0);
}

Result<void> Syncing::sync_folder() {
  struct stat status {};
  const bool has_wal = stat((path_ + "-wal").c_str(), &status) == 0;
  if (has_wal && folder_synced_for_ == status.st_ino) return {};
  ALJ_TRY(sync_unlocked(folder_of(path_), O_DIRECTORY));
  folder_synced_for_.reset();
  if (has_wal) folder_synced_for_ = status.st_ino;
  return {};
}

}  // namespace aljibe::store::sqlite
