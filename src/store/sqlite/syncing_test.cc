// Which files a sync reaches: SQLite's file system is stood in front of, and counts.
#include "store/sqlite/syncing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/database.h"

namespace aljibe::store {
namespace {

/// Every file that SQLite opens syncs through this.
struct Watched {
  const sqlite3_io_methods* real = nullptr;
  sqlite3_io_methods ours{};
  std::string name;
};
std::map<sqlite3_file*, Watched> watched;
std::vector<std::string> synced;  // names of files, in order
int outcome = SQLITE_OK;

int count_sync(sqlite3_file* file, int flags) {
  auto& of_file = watched.at(file);
  synced.push_back(of_file.name);
  return outcome != SQLITE_OK ? outcome : of_file.real->xSync(file, flags);
}

int open_watched(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  auto* const real = static_cast<sqlite3_vfs*>(vfs->pAppData);
  const int result = real->xOpen(real, name, file, flags, out);
  if (result != SQLITE_OK || file->pMethods == nullptr) return result;
  auto& of_file = watched[file];
  of_file = {.real = file->pMethods, .ours = *file->pMethods, .name = name == nullptr ? "" : std::filesystem::path(name).filename().string()};
  of_file.ours.xSync = count_sync;
  file->pMethods = &of_file.ours;
  return result;
}

class Sync : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-sync-XXXXXX";
    folder_ = mkdtemp(pattern);
    path_ = folder_ + "/shop.db";
    real_ = sqlite3_vfs_find(nullptr);
    vfs_ = *real_;
    vfs_.zName = "watched";
    vfs_.pAppData = real_;
    vfs_.pNext = nullptr;
    vfs_.xOpen = open_watched;
    ASSERT_EQ(sqlite3_vfs_register(&vfs_, 1), SQLITE_OK);
    synced.clear();
    outcome = SQLITE_OK;
  }
  void TearDown() override {
    database_.reset();
    writer_ = {};
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
    watched.clear();
    std::filesystem::remove_all(folder_);
  }
  /// Of a writer that never syncs.
  void start(const std::string& mode) {
    writer_ = *sqlite::Connection::open(path_, sqlite::Access::create);
    ASSERT_TRUE(writer_.execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=" + mode + "; CREATE TABLE t (a); INSERT INTO t VALUES (1)", "test"));
    ASSERT_TRUE(synced.empty());
    database_ = *open_sqlite(path_, {});
  }

  std::string folder_;
  std::string path_;
  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs vfs_{};
  sqlite::Connection writer_;
  std::unique_ptr<Database> database_;
};

TEST_F(Sync, reaches_the_wal_and_then_the_database) {
  start("WAL");
  ASSERT_TRUE(database_->sync());
  EXPECT_EQ(synced, (std::vector<std::string>{"shop.db-wal", "shop.db"}));
  ASSERT_TRUE(writer_.execute("INSERT INTO t VALUES (2)", "test"));
  ASSERT_TRUE(database_->sync());
  EXPECT_EQ(synced.size(), 4U);
  ASSERT_TRUE(writer_.execute("INSERT INTO t VALUES (3)", "test")) << "locks are as they were";
}

TEST_F(Sync, reaches_the_database_in_other_modes) {
  for (const std::string mode : {"DELETE", "PERSIST"}) {
    start(mode);
    ASSERT_TRUE(database_->sync());
    EXPECT_EQ(synced, std::vector<std::string>{"shop.db"}) << mode;
    synced.clear();
    std::filesystem::remove(path_);
  }
}

TEST_F(Sync, follows_a_database_into_wal_mode) {
  start("DELETE");
  ASSERT_TRUE(database_->sync());
  ASSERT_TRUE(writer_.execute("PRAGMA journal_mode=WAL; INSERT INTO t VALUES (2)", "test"));
  synced.clear();
  ASSERT_TRUE(database_->sync());
  EXPECT_EQ(synced, (std::vector<std::string>{"shop.db-wal", "shop.db"}));
}

TEST_F(Sync, that_failed_once_is_never_taken_for_done) {
  start("WAL");
  outcome = SQLITE_IOERR_FSYNC;
  const auto failed = database_->sync();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::database_error);
  EXPECT_THAT(std::string(failed.error().message()), ::testing::HasSubstr("shop.db-wal"));
  outcome = SQLITE_OK;
  EXPECT_FALSE(database_->sync()) << "Linux has forgotten what it did not write";
}

TEST_F(Sync, of_a_file_that_is_gone_is_an_error) {
  start("WAL");
  writer_ = {};
  std::filesystem::remove(path_);
  const auto failed = database_->sync();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Code::database_unavailable);
}

}  // namespace
}  // namespace aljibe::store
