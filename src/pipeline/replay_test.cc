#include "pipeline/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "pipeline/plan.h"
#include "pipeline/rejects.h"
#include "pipeline/testing/loading.h"

namespace aljibe::pipeline {
namespace {

using ::testing::HasSubstr;

class Replay : public testing::Loading {
 protected:
  static model::Load products() { return load_of("p.csv", "p", {column("asin", "text"), column("price", "decimal(7,2)")}, {"asin"}); }
};

TEST_F(Replay, WhatIsMendedJoinsTheTable) {
  write("p.csv", "asin,price\nA,1\nB,\"x, y\"\nC,z\nD,4\nA,5\n");
  EXPECT_EQ(run_well({products()}).rejected(), 3U);
  const std::string rejects = "rejects/20261124-1-p.jsonl";
  std::string text = read(rejects);
  text.replace(text.find(R"("raw":"C,z")"), 11, R"("raw":"C,3")");
  write(rejects, text);
  const auto report = replay(path(rejects), products(), options_, progress_);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->rows(), 1U);
  EXPECT_EQ(report->rejected(), 2U);
  EXPECT_EQ(ask("SELECT * FROM p"), "A|1\nD|4\nC|3\n");
  EXPECT_THAT(read("rejects/20261124-2-p.jsonl"), HasSubstr(R"("raw":"B,\"x, y\"")"));
  EXPECT_FALSE(std::filesystem::exists(path(rejects)));
  EXPECT_TRUE(std::filesystem::exists(path(rejects + ".replayed")));
}

TEST_F(Replay, ARejectsFileIsLoadedOnce) {
  auto load = products();
  load.key = {};
  write("p.csv", "asin,price\nA,1\nB,x\n");
  run_well({load});
  const std::string rejects = "rejects/20261124-1-p.jsonl";
  load.columns[1].null_if = {"x"};
  const std::string text = read(rejects);
  ASSERT_TRUE(replay(path(rejects), load, options_, progress_));
  write(rejects, text);  // as if the process had died before it could rename
  ASSERT_TRUE(replay(path(rejects), load, options_, progress_));
  EXPECT_EQ(ask("SELECT asin FROM p"), "A\nB\n");
}

TEST_F(Replay, OtherFilesAreRefused) {
  write("x.jsonl", "nonsense\n");
  EXPECT_EQ(code_of(replay(path("x.jsonl"), products(), options_, progress_)), Code::json_invalid);
  EXPECT_EQ(code_of(replay(path("none.jsonl"), products(), options_, progress_)), Code::file_unreadable);
}

TEST(Rejects, BytesThatAreNotUtf8ComeBack) {
  for (const std::string& raw : {std::string("a,\xC3,b"), std::string("\xFF"), std::string("\xFF\xFE\x00z", 4), std::string("plain \"text\"\n\t")}) {
    const RejectLine line{"r", "f", {{1, 2, 3, 4}, Code::utf8_invalid, "c", "m", raw}};
    const auto back = reject_from_json(to_json(line));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->reject.raw, raw);
    EXPECT_EQ(back->reject.code, Code::utf8_invalid);
    EXPECT_EQ(back->reject.position.byte_to, 4U);
  }
}

TEST_F(Replay, APlanChangesNothing) {
  write("p.csv", "asin,price\nA,1\nB,2\n");
  const auto text = plan(std::vector{products()}, options_);
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_THAT(*text, HasSubstr("about 2 rows"));
  EXPECT_THAT(*text, HasSubstr("\"asin\" TEXT PRIMARY KEY NOT NULL"));
  EXPECT_THAT(*text, HasSubstr("fields are separated by ','"));
  EXPECT_FALSE(std::filesystem::exists(path("shop.db")));
  EXPECT_FALSE(std::filesystem::exists(path("shop.db.loading")));
}

/// The world's faults.
class Trouble : public Replay {};

TEST_F(Trouble, AFullDiskLosesNothing) {
  std::string bytes = "asin,price\n";
  for (int i = 0; i < 20'000; ++i) bytes += "KEY" + std::to_string(i) + ",1.50\n";
  write("p.csv", bytes);
  options_.group_bytes = 32 * 1024;
  options_.chunk_bytes = 8 * 1024;
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit small{128 * 1024, 128 * 1024};
    ::setrlimit(RLIMIT_FSIZE, &small);
    ::signal(SIGXFSZ, SIG_IGN);
    const auto result = run({products()});
    const Code code = code_of(result);
    ::_exit(code == Code::disk_full || code == Code::file_unwritable || code == Code::database_unavailable ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_FALSE(std::filesystem::exists(path("shop.db")));
  run_well({products()});
  EXPECT_THAT(progress_.notes, ::testing::Contains(HasSubstr("going on with run")));
  EXPECT_EQ(ask("SELECT count(*) FROM p"), "20000\n");
}

TEST_F(Trouble, AFolderThatIsNotThereIsSaid) {
  write("p.csv", "asin,price\nA,1\n");
  options_.database = path("none/shop.db");
  const auto result = run({products()});
  EXPECT_EQ(code_of(result), Code::file_unwritable);
  EXPECT_THAT(std::string(result.error().message()), HasSubstr("none/shop.db"));
}

TEST_F(Trouble, ASourceThatIsNotThereIsSaid) { EXPECT_EQ(code_of(run({products()})), Code::file_unreadable); }

TEST_F(Trouble, RowsAndRejectsAreTheSameForAnyThreadsAndChunks) {
  std::string bytes = "asin,price\n";
  for (int i = 0; i < 3'000; ++i) bytes += "K" + std::to_string(i % 7 == 0 ? i / 2 : i) + "," + (i % 11 == 0 ? "\"two\nlines\"" : std::to_string(i) + ".25") + "\n";
  write("p.csv", bytes);
  std::string expected;
  for (const std::size_t threads : {1U, 2U, 3U, 8U, 64U}) {
    for (const std::size_t chunk : {1U << 10U, 1U << 14U, 1U << 26U}) {
      options_.threads = threads;
      options_.chunk_bytes = chunk;
      run_well({products()});
      const std::string outcome = ask("SELECT rowid, * FROM p") + read("rejects/20261124-1-p.jsonl");
      if (expected.empty()) expected = outcome;
      ASSERT_EQ(outcome, expected) << threads << " threads, chunks of " << chunk;
      for (const auto* file : {"shop.db", "shop.db-wal", "shop.db-shm", "rejects/20261124-1-p.jsonl"}) std::filesystem::remove(path(file));
    }
  }
  EXPECT_THAT(expected, HasSubstr("check_unique"));
  EXPECT_THAT(expected, HasSubstr("value_not_decimal"));
}

}  // namespace
}  // namespace aljibe::pipeline
