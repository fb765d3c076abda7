#include "serve/rate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace aljibe::serve {
namespace {

using namespace std::chrono_literals;
constexpr RateTable::Instant start{1h};

TEST(RateTable, admits_the_quota_at_once_and_then_evenly) {
  RateTable table({.requests = 10, .window = 60s});
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto allowance = table.take("a", start);
    EXPECT_TRUE(allowance.is_admitted);
    EXPECT_EQ(allowance.left, 9 - i);
    EXPECT_EQ(allowance.refill, (i + 1) * 6s);
  }
  const auto refused = table.take("a", start);
  EXPECT_FALSE(refused.is_admitted);
  EXPECT_EQ(refused.wait, 6s);
  EXPECT_EQ(table.look("a", start + 6s).left, 1U);
  EXPECT_EQ(table.look("a", start + 6s).left, 1U) << "looking takes nothing";
  EXPECT_TRUE(table.take("b", start).is_admitted) << "others have their own";
  EXPECT_FALSE(table.take("a", start + 5'999ms).is_admitted) << "refusals cost nothing, and give nothing";
  EXPECT_TRUE(table.take("a", start + 6s).is_admitted);
  EXPECT_FALSE(table.take("a", start + 6s).is_admitted);
  EXPECT_EQ(table.take("a", start + 200s).left, 9U) << "full again, not fuller";
}

TEST(RateTable, never_admits_more_than_the_quota_and_its_refill) {
  RateTable table({.requests = 7, .window = 1s});
  int admitted = 0;
  for (auto now = start; now < start + 10s; now += 3ms) admitted += table.take("a", now).is_admitted ? 1 : 0;
  EXPECT_GE(admitted, 7 * 10);
  EXPECT_LE(admitted, 7 * 11);
}

TEST(RateTable, admits_the_last_one_whose_clock_was_looked_at_first) {
  RateTable table({.requests = 2, .window = 2s});
  EXPECT_TRUE(table.take("a", start).is_admitted);
  EXPECT_TRUE(table.take("a", start - 50us).is_admitted);
  EXPECT_FALSE(table.take("a", start - 60us).is_admitted);
}

TEST(RateTable, forgets_who_asked_least_where_there_is_no_room) {
  RateTable table({.requests = 100, .window = 60s}, 4);
  for (int i = 0; i < 100; ++i) table.take("loud", start);
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(table.take("quiet " + std::to_string(i), start).is_admitted);
  EXPECT_FALSE(table.take("loud", start).is_admitted) << "a crowd does not free who is at the limit";
}

TEST(RateTable, threads_share_one_quota) {
  RateTable table({.requests = 1'000, .window = 1h});
  std::atomic<int> admitted{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1'000; ++n) admitted += table.take("a", start).is_admitted ? 1 : 0;
      });
    }
  }
  EXPECT_GE(admitted, 1'000);
  EXPECT_LE(admitted, 1'000 + 4) << "threads that meet at the very first request may begin anew";
}

TEST(RateTable, costs_nanoseconds) {
  RateTable table({.requests = 1'000'000'000, .window = 1s});
  constexpr int rounds = 1'000'000;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) table.take("127.0.0.1", start + std::chrono::nanoseconds(i));
  const auto each = (std::chrono::steady_clock::now() - began) / rounds;
  RecordProperty("nanoseconds", static_cast<int>(each.count()));
  EXPECT_LT(each, 2us) << "of a build for tests; bench/shell_bench has the figure";
}

TEST(Rates, are_none_where_none_is_set) {
  EXPECT_EQ(Rates::of({}), nullptr);
  const auto rates = Rates::of({.rate_per_identity = 1});
  EXPECT_FALSE(rates->by_address(*Address::read("192.0.2.7"), start));
  EXPECT_TRUE(rates->by_identity("issuer subject", start)->is_admitted);
  EXPECT_FALSE(rates->by_identity("issuer subject", start)->is_admitted);
}

TEST(Rates, of_one_household_are_one) {
  const auto rates = Rates::of({.rate_per_address = 1});
  EXPECT_TRUE(rates->by_address(*Address::read("2001:db8::1"), start)->is_admitted);
  EXPECT_FALSE(rates->by_address(*Address::read("2001:db8::2"), start)->is_admitted);
  EXPECT_TRUE(rates->by_address(*Address::read("192.0.2.7"), start)->is_admitted);
}

TEST(Rates, are_told_in_fields) {
  RateTable table({.requests = 2, .window = 60s});
  std::string fields;
  append_fields(fields, table.take("a", start));
  EXPECT_EQ(fields, "RateLimit-Policy: \"default\";q=2;w=60\r\nRateLimit: \"default\";r=1;t=30\r\n");
  table.take("a", start + 1ns);
  fields.clear();
  append_fields(fields, table.take("a", start + 10'500ms));
  EXPECT_EQ(fields, "RateLimit-Policy: \"default\";q=2;w=60\r\nRateLimit: \"default\";r=0;t=20\r\n");
}

}  // namespace
}  // namespace aljibe::serve
