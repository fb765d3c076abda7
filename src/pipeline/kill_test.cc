// A load is a child process that dies without a chance to tidy up: by SIGKILL where the loader names a failpoint, or by a
// timer at a random instant. Then the same load is run again, until it ends. Whatever happened in between, tables and rejects
// are those of a run that nobody disturbed.
//
// ALJIBE_KILLS=100 makes the random part longer.
#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "pipeline/testing/loading.h"

namespace aljibe::pipeline {
namespace {

class Kill : public testing::Loading {
 protected:
  void SetUp() override {
    Loading::SetUp();
    write("categories.csv", "id,name\n1,a\n2,b\n3,c\n");
    write("products.csv", dirty_products());
    options_.chunk_bytes = 4 * 1024;
    options_.group_bytes = 32 * 1024;
    if (const char* const kills = std::getenv("ALJIBE_KILLS")) kills_wanted_ = static_cast<int>(std::strtol(kills, nullptr, 10));
  }

  /// 12,000 records; every 50th repeats a key, every 70th has a bad price, every 90th an unknown category.
  static std::string dirty_products() {
    std::string bytes = "asin,price,category_id,title\n";
    for (int i = 0; i < 12'000; ++i) {
      const std::string price = i % 70 == 3 ? "cheap" : std::to_string(i % 500) + ".99";
      const int category = i % 90 == 7 ? 9 : 1 + i % 3;
      bytes += "K" + std::to_string(i % 50 == 49 ? i - 20 : i) + "," + price + "," + std::to_string(category) + ",\"a \"\"title\"\",\nof two lines\"\n";
    }
    return bytes;
  }

  static std::vector<model::Load> loads() {
    auto category = column("category_id", "integer");
    category.references = {"categories", "id"};
    return {load_of("categories.csv", "categories", {column("id", "integer"), column("name", "text")}, {"id"}),
            load_of("products.csv", "products", {column("asin", "text"), column("price", "decimal(7,2)"), category, column("title", "text")}, {"asin"})};
  }

  std::string outcome() {
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
    return ask("SELECT * FROM categories") + ask("SELECT * FROM products ORDER BY rowid") + ask("SELECT sum(rows), sum(rejected), sum(records), sum(lines) FROM aljibe_ledger WHERE run = '20261124-1'") +
           ask("SELECT name, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'aljibe%' ORDER BY name") + read("rejects/20261124-1-products.jsonl");
  }

  std::string undisturbed() {
    run_well(loads());
    std::string result = outcome();
    start_over();
    return result;
  }

  void start_over() const {
    for (const auto* file : {"shop.db", "shop.db-wal", "shop.db-shm", "shop.db.loading", "shop.db.loading-journal", "shop.db.loading-wal", "shop.db.lock"}) std::filesystem::remove(path(file));
    std::filesystem::remove_all(path("rejects"));
  }

  enum class End { finished, killed, failed };

  /// Runs the load in a child that prepares its own death by `arm`.
  template <class Arm>
  End run_in_child(Arm arm) {
    const pid_t child = ::fork();
    if (child == 0) {
      arm();
      const auto result = run(loads());
      ::_exit(result ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) return End::killed;
    return WEXITSTATUS(status) == 0 ? End::finished : End::failed;
  }

  int kills_wanted_ = 12;
};

TEST_F(Kill, AtEveryFailpointEveryRowIsThereOnce) {
  const std::string expected = undisturbed();
  ASSERT_GT(expected.size(), 100'000U);
  for (const std::string_view point : {"rejects_written", "ledger_written", "committed", "sealed", "staged", "publishing", "published"}) {
    for (const int occurrence : {1, 2, 5}) {
      int seen = 0;
      const auto end = run_in_child([&] {
        options_.failpoint = [&](std::string_view reached) {
          if (reached == point && ++seen == occurrence) ::raise(SIGKILL);
        };
      });
      ASSERT_NE(end, End::failed) << point;
      ASSERT_TRUE(end == End::killed || occurrence > 1) << point;
      if (end == End::killed) ASSERT_EQ(run_in_child([] {}), End::finished) << point;
      ASSERT_EQ(outcome(), expected) << point << " " << occurrence;
      start_over();
    }
  }
}

TEST_F(Kill, AtRandomInstantsEveryRowIsThereOnce) {
  const std::string expected = undisturbed();
  std::mt19937 random(20261124);  // NOLINT: the same instants each time
  for (int kills = 0; kills < kills_wanted_;) {
    End end = End::killed;
    // Later tries live longer, so that each load ends.
    for (int tries = 1; end == End::killed && tries < 1000; ++tries) {
      const auto microseconds = static_cast<suseconds_t>(1'000 + random() % 20'000 * static_cast<unsigned>(tries));
      end = run_in_child([&] {
        const itimerval timer{{0, 0}, {microseconds / 1'000'000, microseconds % 1'000'000}};
        ::setitimer(ITIMER_REAL, &timer, nullptr);
      });
      if (end == End::killed) ++kills;
    }
    ASSERT_EQ(end, End::finished);
    ASSERT_EQ(outcome(), expected);
    start_over();
  }
}

TEST_F(Kill, WhileATableIsReplacedReadersSeeTheOldOne) {
  write("products.csv", "asin,price,category_id,title\nOLD,1,1,old\n");
  run_well(loads());
  write("products.csv", dirty_products());
  for (const std::string_view point : {"committed", "staged", "publishing"}) {
    const auto end = run_in_child([&] {
      options_.failpoint = [&](std::string_view reached) {
        if (reached == point) ::raise(SIGKILL);
      };
    });
    ASSERT_EQ(end, End::killed);
    ASSERT_EQ(ask("SELECT asin FROM products"), "OLD\n") << point;
  }
  ASSERT_EQ(run_in_child([] {}), End::finished);
  EXPECT_EQ(ask("SELECT count(*) > 11000, min(asin) = 'OLD' FROM products"), "1|0\n");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(ask("SELECT max(run) FROM aljibe_runs WHERE status = 'published'"), "20261124-2\n");
}

TEST_F(Kill, AChangedSourceIsRefusedUntilRestart) {
  ASSERT_EQ(run_in_child([&] {
              options_.failpoint = [n = 0](std::string_view reached) mutable {
                if (reached == "committed" && ++n == 4) ::raise(SIGKILL);
              };
            }),
            End::killed);
  write("products.csv", dirty_products() + "NEW,1.00,1,x\n");
  const auto refused = run(loads());
  ASSERT_EQ(code_of(refused), Code::source_changed);
  EXPECT_NE(refused.error().message().find("products.csv changed since run 20261124-1 stopped at byte"), std::string_view::npos) << refused.error().message();
  options_.restart = true;
  run_well(loads());
  EXPECT_EQ(ask("SELECT count(*) FROM products WHERE asin = 'NEW'"), "1\n");
}

TEST_F(Kill, AChangedConfigurationStartsOver) {
  ASSERT_EQ(run_in_child([&] {
              options_.failpoint = [n = 0](std::string_view reached) mutable {
                if (reached == "committed" && ++n == 4) ::raise(SIGKILL);
              };
            }),
            End::killed);
  auto changed = loads();
  changed[1].columns[3].rename = "name";
  run_well(changed);
  EXPECT_EQ(ask("SELECT count(name) = count(*), count(*) > 11000 FROM products"), "1|1\n");
}

}  // namespace
}  // namespace aljibe::pipeline
