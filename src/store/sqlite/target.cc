// Two places, one way of working:
//
//   no database yet   shop.db.loading, rollback journal (appending journals next to nothing), synchronous off: a killed
//                     process loses nothing, since the system has the pages. A machine that stopped may lose some, so the
//                     file carries the boot it was written in, and another boot starts it over. At the end it is synced, set to
//                     WAL and renamed; a rename that finds the name taken fails.
//   a database        staging tables inside it, WAL, synchronous normal; published in one transaction.
#include "store/sqlite/target.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "store/sqlite/introspect.h"
#include "store/sqlite/ledger.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "preparing the database";

std::string boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string reason() { return std::strerror(errno); }

std::unexpected<Error> unwritable(const std::string& path) {
  const int number = errno;
  return fail(number == ENOSPC ? Code::disk_full : Code::file_unwritable, path + " cannot be written: " + reason());
}

bool is_same_file(int descriptor, const std::string& path) {
  struct stat open {}, named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

/// The page cache is written to the disk, so that a rename never outruns the bytes.
Result<void> sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return unwritable(path);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced) return unwritable(path);
  return {};
}

void remove_database(const std::string& file) {
  for (const auto* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((file + suffix).c_str());
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return unwritable(path);
    FileLock lock(descriptor, path);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      lock.path_.clear();  // it is the other one's
      return fail(Code::target_busy, "Another process is loading into this database (it holds " + path + ")", {}, "wait until it has ended, then run the same command again");
    }
    if (is_same_file(descriptor, path)) return lock;  // else its holder removed it between open and lock
    lock.path_.clear();
  }
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}
FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  ::close(descriptor_);
}

Result<Target> Target::open(const std::string& path, Restart restart) {
  auto lock = ALJ_TRY(FileLock::take(path + ".lock"));
  Target target(path, std::move(lock));
  ALJ_TRY(target.connect(restart));
  return target;
}

Result<void> Target::connect(Restart restart) {
  const std::string loading = path_ + ".loading";
  place_ = std::filesystem::exists(path_) ? Place::database : Place::private_file;
  file_ = place_ == Place::database ? path_ : loading;
  if (restart == Restart::yes) remove_database(loading);
  connection_ = ALJ_TRY(Connection::open(file_, Access::create));
  ALJ_TRY(configure());
  if (place_ == Place::database) return create_ledger(connection_);
  const bool is_new = ALJ_TRY(connection_.query_integer("SELECT count(*) FROM sqlite_schema", doing)) == 0;
  const bool is_of_this_boot = ALJ_TRY(has_table("aljibe_boot")) &&
                               ALJ_TRY(connection_.query_integer("SELECT count(*) FROM aljibe_boot WHERE id = '" + boot() + "'", doing)) > 0;
  if (!is_new && !is_of_this_boot) {
    connection_ = Connection();
    remove_database(loading);
    return connect(restart);
  }
  ALJ_TRY(connection_.execute("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS aljibe_boot (id TEXT)", doing));
  if (is_new) ALJ_TRY(connection_.execute("INSERT INTO aljibe_boot VALUES ('" + boot() + "')", doing));
  ALJ_TRY(create_ledger(connection_));
  return connection_.execute("COMMIT", doing);
}

Result<void> Target::configure() {
  // A page cache of 8 MiB; the sorter may use as much again.
  const std::string common = "PRAGMA cache_size = -8192; PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA temp_store = FILE;";
  if (place_ == Place::private_file) {
    return connection_.execute("PRAGMA page_size = 16384; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;" + common, doing);
  }
  return connection_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + common, doing);
}

Result<std::optional<model::Table>> Target::existing(const std::string& table) {
  const auto catalogue = ALJ_TRY(introspect(connection_));
  const auto* const found = catalogue->find(table);
  if (found == nullptr) return std::nullopt;
  return *found;
}

Result<bool> Target::has_table(const std::string& table) {
  auto query = ALJ_TRY(connection_.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", doing));
  query.bind(1, std::string_view(table));
  return ALJ_TRY(query.step()) == Statement::Step::row;
}

Result<void> Target::drop_staging_of_old_runs() {
  std::vector<std::string> names;
  {
    auto query = ALJ_TRY(connection_.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'aljibe_load_*'", doing));
    while (ALJ_TRY(query.step()) == Statement::Step::row) names.emplace_back(query.text(0));
  }
  for (const auto& name : names) ALJ_TRY(connection_.execute("DROP TABLE " + identifier(name), doing));
  return {};
}

Result<bool> Target::is_complete() {
  if (place_ == Place::database) return false;
  return ALJ_TRY(connection_.query_integer("SELECT count(*) > 0 FROM aljibe_runs WHERE status = 'published'", doing)) > 0;
}

Result<void> Target::finish() {
  if (place_ == Place::database) return {};
  ALJ_TRY(connection_.execute("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL; SELECT count(*) FROM sqlite_schema;", "finishing the database"));
  // Named aljibe_…, so that it is served by nobody; kept, so that a process killed before the rename knows the file again.
  connection_ = Connection();  // the last one to close checkpoints and removes the log
  ALJ_TRY(sync(file_));
  if (::renameat2(AT_FDCWD, file_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return fail(Code::target_busy, path_ + " was made by somebody else while this load ran", "what was loaded is in " + file_);
    return unwritable(path_);
  }
  return sync(folder_of(path_));
}

}  // namespace aljibe::store::sqlite
