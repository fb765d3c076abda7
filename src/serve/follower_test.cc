#include "serve/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include "serve/testing/interleaved.h"
#include "store/sqlite/connection.h"

namespace aljibe::serve {
namespace {

using testing::Interleaved;
using testing::Moment;

class Following : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/aljibe-follower-XXXXXX";
    folder_ = mkdtemp(pattern);
    const auto path = folder_ + "/shop.db";
    writer_ = *store::sqlite::Connection::open(path, store::sqlite::Access::create);
    write("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
    database_ = std::make_unique<Interleaved>(*store::open_sqlite(path, {}), [this](Moment moment) { return fails_ == moment ? Result<void>(fail(failure_)) : Result<void>(); });
    cache_.emplace(cache::Bounds{.bytes_max = 1 << 20, .entry_bytes_max = 1 << 16}, [] { return nullptr; });
    follower_ = std::make_shared<Follower>(*database_, *cache_);
  }
  void TearDown() override {
    follower_->stop();
    database_.reset();
    writer_ = {};
    std::filesystem::remove_all(folder_);
  }
  void write(const std::string& sql) { ASSERT_TRUE(writer_.execute(sql, "test")) << sql; }
  void write_unlogged(const std::string& sql) {
    sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    write(sql);
    sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
  }
  bool is_behind() { return follower_->is_behind(database_->snapshot()); }
  std::int64_t broken_rows() { return writer_.query_integer("SELECT count(*) FROM aljibe_changes WHERE kind = 7", "test").value_or(-1); }

  std::string folder_;
  store::sqlite::Connection writer_;
  std::optional<Moment> fails_;
  Code failure_ = Code::database_unavailable;
  std::unique_ptr<Interleaved> database_;
  std::optional<cache::Cache> cache_;
  std::shared_ptr<Follower> follower_;
};

TEST_F(Following, says_whether_it_has_heard_of_everything) {
  EXPECT_FALSE(follower_->advance()) << "it follows nothing yet";
  ASSERT_TRUE(follower_->start());
  EXPECT_TRUE(follower_->advance());
  write("INSERT INTO t VALUES (1, 1)");
  fails_ = Moment::before_look;
  EXPECT_FALSE(follower_->advance());
  EXPECT_TRUE(is_behind());
  fails_.reset();
  EXPECT_TRUE(follower_->advance());
  EXPECT_FALSE(is_behind());
  write_unlogged("INSERT INTO t VALUES (2, 2)");
  EXPECT_TRUE(follower_->advance()) << "it has dropped everything";
  follower_->stop();
  EXPECT_FALSE(follower_->advance());
}

TEST_F(Following, has_the_log_say_that_it_does_not_tell_a_commit) {
  ASSERT_TRUE(follower_->start());
  const auto before = broken_rows();
  write("INSERT INTO t VALUES (1, 1)");
  follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before);
  write_unlogged("INSERT INTO t VALUES (2, 2)");
  follower_->advance();
  EXPECT_EQ(broken_rows(), before) << "a writer does not wait for that";
  follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before + 1);
  EXPECT_FALSE(is_behind());
  for (int i = 0; i < 5; ++i) follower_->advance_and_mend();
  write("INSERT INTO t VALUES (3, 3)");
  follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before + 1) << "a broken row breaks nothing else";
}

TEST_F(Following, breaks_the_log_later_when_another_program_holds_the_lock) {
  ASSERT_TRUE(follower_->start());
  const auto before = broken_rows();
  write_unlogged("INSERT INTO t VALUES (1, 1)");
  write("BEGIN IMMEDIATE");
  follower_->advance_and_mend();
  write("COMMIT");
  EXPECT_EQ(broken_rows(), before);
  follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before + 1);
}

TEST_F(Following, leaves_the_log_alone_when_it_cannot_be_written) {
  ASSERT_TRUE(follower_->start());
  const auto before = broken_rows();
  write_unlogged("INSERT INTO t VALUES (1, 1)");
  fails_ = Moment::before_mend;
  failure_ = Code::file_unwritable;
  follower_->advance_and_mend();
  fails_.reset();
  follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before);
}

TEST_F(Following, breaks_the_log_once_for_a_new_schema) {
  ASSERT_TRUE(follower_->start());
  const auto before = broken_rows();
  write("CREATE INDEX by_a ON t (a)");
  for (int i = 0; i < 3; ++i) follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), before + 1);
  write("CREATE TABLE u (a, b, c)");
  for (int i = 0; i < 3; ++i) follower_->advance_and_mend();
  EXPECT_EQ(broken_rows(), 1) << "in a wider log";
  EXPECT_FALSE(is_behind());
}

}  // namespace
}  // namespace aljibe::serve
