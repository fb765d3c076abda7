#include "store/database.h"

#include <sys/stat.h>
#include <time.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "base/seeded.h"
#include "store/sqlite/change_reader.h"
#include "store/sqlite/changelog.h"
#include "store/sqlite/commit_signal.h"
#include "store/sqlite/session.h"
#include "store/sqlite/syncing.h"
#include "store/sqlite/writer.h"

namespace aljibe::store {
namespace {

using sqlite::CommitSignal;
using sqlite::Session;

/// Device and inode: whether the path still names the file that is open.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const Identity&, const Identity&) = default;

  static Identity of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || seeded(Bug::replaced_file_unnoticed)) return {};
    return {status.st_dev, status.st_ino};
  }
};

constexpr std::int64_t look_every_nanoseconds = 20'000'000;

/// Everything that belongs to one file. When the path comes to name another file, a new one is made beside it, and this
/// one goes with the last request that uses it. Members are destroyed in reverse: connections before the signal's descriptor.
struct File {
  explicit File(const std::string& path) : syncing(path) {}

  Identity identity;
  std::uint32_t generation = 0;  // how many files stood here
  std::atomic<bool> is_replaced{false};  // the path was seen to name another file, and nobody has opened that one yet
  std::unique_ptr<CommitSignal> signal;
  sqlite::Connection keeper;  // keeps the WAL-index alive
  std::unique_ptr<sqlite::ChangeReader> changes;
  sqlite::Syncing syncing;
  std::mutex mutex;
  std::vector<std::unique_ptr<Session>> idle;
  std::shared_ptr<const model::Catalogue> catalogue;
  std::unique_ptr<sqlite::Writer> writer;  // made by the first change
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, const Limits& limits) : path_(std::move(path)), limits_(limits) {}

  Result<void> open();
  Result<std::shared_ptr<const model::Catalogue>> catalogue() override;
  [[nodiscard]] std::shared_ptr<const model::Catalogue> last_catalogue() const override;
  Result<Rows> run(const query::Plan& plan, const Shape& shape, std::chrono::steady_clock::time_point deadline) override;
  void write(Write write, WriteDone done) override;
  Result<void> start_log() override;
  Result<void> stop_log() override;
  Result<void> break_log() override;
  Result<model::Changes> changes(std::uint64_t after) override;
  Result<LogIdentity> log_identity() override;
  Result<void> sync() override;
  [[nodiscard]] model::Snapshot snapshot() const override;

 private:
  Result<std::shared_ptr<File>> current();
  Result<std::unique_ptr<Session>> borrow(File& file);
  static Result<std::shared_ptr<const model::Catalogue>> catalogue_of(File& file, Session& session);
  static void give_back(File& file, std::unique_ptr<Session> session);

  const std::string path_;
  const Limits limits_;
  [[nodiscard]] bool is_time_to_look() const;

  std::atomic<std::shared_ptr<File>> file_;
  mutable std::atomic<std::int64_t> looked_at_{0};
  std::mutex reopening_;
  std::uint32_t generation_ = 0;
};

Result<void> SqliteDatabase::open() {
  auto file = std::make_shared<File>(path_);
  file->identity = Identity::of(path_);
  file->generation = ++generation_;
  auto keeper = ALJ_TRY(sqlite::Connection::open(path_, sqlite::Access::read_only));
  file->signal = ALJ_TRY(sqlite::open_commit_signal(path_, keeper, file->generation));
  file->keeper = std::move(keeper);
  // What lies outside of the process is held against it; without that it would be read for nothing.
  const auto first_look = limits_.history_marks_max == 0 ? sqlite::ChangeReader::FirstLook::tells_nothing : sqlite::ChangeReader::FirstLook::tells_end;
  file->changes = std::make_unique<sqlite::ChangeReader>(path_, file->generation, *file->signal, limits_.log_rows_kept, first_look);
  file_.store(std::move(file));
  return {};
}

Result<std::shared_ptr<File>> SqliteDatabase::current() {
  auto file = file_.load();
  if (file->identity == Identity::of(path_)) {
    if (file->is_replaced.load(std::memory_order_relaxed)) file->is_replaced.store(false, std::memory_order_relaxed);  // it came back
    return file;
  }
  const std::scoped_lock lock(reopening_);
  file = file_.load();
  if (file->identity == Identity::of(path_)) return file;
  ALJ_TRY(open());
  return file_.load();
}

Result<std::unique_ptr<Session>> SqliteDatabase::borrow(File& file) {
  {
    const std::scoped_lock lock(file.mutex);
    if (!file.idle.empty()) {
      auto session = std::move(file.idle.back());
      file.idle.pop_back();
      return session;
    }
  }
  return Session::open(path_, file.generation, sqlite::Access::read_only);
}

void SqliteDatabase::give_back(File& file, std::unique_ptr<Session> session) {
  constexpr std::size_t idle_max = 64;
  const std::scoped_lock lock(file.mutex);
  if (file.idle.size() < idle_max) file.idle.push_back(std::move(session));
}

Result<std::shared_ptr<const model::Catalogue>> SqliteDatabase::catalogue() {
  const auto file = ALJ_TRY(current());
  auto session = ALJ_TRY(borrow(*file));
  auto catalogue = catalogue_of(*file, *session);
  give_back(*file, std::move(session));
  return catalogue;
}

std::shared_ptr<const model::Catalogue> SqliteDatabase::last_catalogue() const {
  const auto file = file_.load();
  const std::scoped_lock lock(file->mutex);
  return file->catalogue;
}

/// The tables are read again only when the file says that they changed.
Result<std::shared_ptr<const model::Catalogue>> SqliteDatabase::catalogue_of(File& file, Session& session) {
  const auto version = ALJ_TRY(session.schema_version());
  {
    const std::scoped_lock lock(file.mutex);
    if (file.catalogue && file.catalogue->schema_version == version) return file.catalogue;
  }
  auto catalogue = ALJ_TRY(session.catalogue());
  const std::scoped_lock lock(file.mutex);
  file.catalogue = catalogue;
  return catalogue;
}

Result<Rows> SqliteDatabase::run(const query::Plan& plan, const Shape& shape, std::chrono::steady_clock::time_point deadline) {
  const auto file = ALJ_TRY(current());
  auto session = ALJ_TRY(borrow(*file));
  const auto stamp = file->signal->snapshot();  // before the read begins
  auto rows = session->run(plan, shape, limits_, deadline);
  give_back(*file, std::move(session));
  if (rows) rows->snapshot = stamp;
  return rows;
}

void SqliteDatabase::write(Write write, WriteDone done) {
  const auto file = file_.load();
  {
    const std::scoped_lock lock(file->mutex);
    auto is_current = [path = path_, identity = file->identity] { return Identity::of(path) == identity; };
    if (!file->writer) file->writer = std::make_unique<sqlite::Writer>(path_, file->generation, std::move(is_current), limits_);
  }
  file->writer->submit(std::move(write), std::move(done));
}

Result<void> SqliteDatabase::start_log() { return sqlite::start_log(path_); }
Result<void> SqliteDatabase::stop_log() { return sqlite::stop_log(path_); }
Result<void> SqliteDatabase::break_log() { return sqlite::break_log(path_); }

Result<model::Changes> SqliteDatabase::changes(std::uint64_t after) {
  const auto file = ALJ_TRY(current());
  return file->changes->read(after);
}

Result<LogIdentity> SqliteDatabase::log_identity() {
  auto connection = ALJ_TRY(sqlite::Connection::open(path_, sqlite::Access::read_only));
  return sqlite::read_log_identity(connection);
}

Result<void> SqliteDatabase::sync() {
  const auto file = ALJ_TRY(current());
  return file->syncing.run();
}

model::Snapshot SqliteDatabase::snapshot() const {
  const auto file = file_.load();
  // A file put in another's place is no commit: it is looked for now and then, as a look costs as much as a system call. Once
  // seen it is said to everybody, so that who asks next opens it, and does not take it for the old one again.
  if (is_time_to_look() && file->identity != Identity::of(path_)) file->is_replaced.store(true, std::memory_order_relaxed);
  if (file->is_replaced.load(std::memory_order_relaxed)) return sqlite::unknown_snapshot();
  return file->signal->snapshot();
}

bool SqliteDatabase::is_time_to_look() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  const std::int64_t nanoseconds = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  if (nanoseconds - looked_at_.load(std::memory_order_relaxed) < look_every_nanoseconds) return false;
  looked_at_.store(nanoseconds, std::memory_order_relaxed);
  return true;
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const Limits& limits) {
  auto database = std::make_unique<SqliteDatabase>(path, limits);
  ALJ_TRY(database->open());
  return database;
}

}  // namespace aljibe::store
