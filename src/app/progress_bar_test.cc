#include "app/progress_bar.h"

#include <gtest/gtest.h>

#include "app/terminal.h"

namespace aljibe::app {
namespace {

TEST(ProgressBar, says_how_far_how_fast_and_how_long) {
  const pipeline::Tick tick{.table = "products", .bytes = 200'000'000, .bytes_total = 400'000'000, .rows = 800'000, .elapsed = std::chrono::seconds(2)};
  EXPECT_EQ(bar_line(tick, 10, 120),
            "products    ██████████            800,000 / ~1,600,000      2.0 s   400 k rows/s   100 MB/s   2.0 s left");
}

TEST(ProgressBar, never_is_wider_than_the_terminal) {
  const pipeline::Tick tick{.table = "products", .bytes = 1, .bytes_total = 2, .rows = 1, .elapsed = std::chrono::seconds(1)};
  EXPECT_EQ(bar_line(tick, 8, 20), "products  ██████████");
}

TEST(ProgressBar, the_last_line_names_the_rejects) {
  pipeline::StepReport report{.table = "products", .rows = 1'000, .rejected = 3, .bytes = 1'000'000, .elapsed = std::chrono::milliseconds(500)};
  report.rejects_file = "rejects/products.jsonl";
  EXPECT_EQ(done_line(report, 8), "products  ████████████████████  1,000 rows                0.5 s   2000 rows/s   2 MB/s   3 rejected → rejects/products.jsonl");
}

TEST(Terminal, groups_digits) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(1'426'337), "1,426,337");
  EXPECT_EQ(seconds_text(std::chrono::seconds(725)), "12 min 5 s");
}

}  // namespace
}  // namespace aljibe::app
