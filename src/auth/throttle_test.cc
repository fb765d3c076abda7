#include "auth/throttle.h"

#include <gtest/gtest.h>

#include <string>

namespace aljibe::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Throttle::Pace pace{.free = 3, .first_wait = seconds(1), .wait_max = seconds(8)};
const Throttle::Time start{std::chrono::hours(1)};

TEST(Throttle, WaitsGrowTwofoldUpToTheLongest) {
  Throttle throttle(64);
  auto now = start;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.enter("ann", pace, now));
  for (const int wait : {1, 2, 4, 8, 8}) {
    EXPECT_EQ(throttle.enter("ann", pace, now), seconds(wait));
    EXPECT_EQ(throttle.enter("ann", pace, now), seconds(wait)) << "a refused try is not counted";
    EXPECT_FALSE(throttle.enter("bob", pace, now + seconds(1000) * wait)) << "somebody else";
    now += seconds(wait);
    EXPECT_FALSE(throttle.enter("ann", pace, now));
  }
}

TEST(Throttle, QuietAndSuccessMakeItForget) {
  Throttle throttle(64);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.enter("ann", pace, start));
  EXPECT_TRUE(throttle.enter("ann", pace, start));
  throttle.forgive("ann");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.enter("ann", pace, start));
  EXPECT_TRUE(throttle.enter("ann", pace, start));
  const auto later = start + seconds(1 + 8);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.enter("ann", pace, later));
  EXPECT_TRUE(throttle.enter("ann", pace, later));
}

TEST(Throttle, WhatIsTakenBackLeavesTheTriesOfOthers) {
  Throttle throttle(64);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(throttle.enter("office", pace, start));
    throttle.take_back("office");
  }
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.enter("office", pace, start));
  throttle.take_back("office");
  EXPECT_EQ(throttle.enter("office", pace, start), seconds(1)) << "one's own success does not end the wait that others have earned";
}

TEST(Throttle, AFloodOfNamesTakesNoMoreMemoryAndKeepsWhoWaitsLongest) {
  Throttle throttle(8);  // one row
  for (const int at : {0, 0, 0, 1, 3}) EXPECT_FALSE(throttle.enter("ann", pace, start + seconds(at)));
  const auto now = start + seconds(3);
  ASSERT_TRUE(throttle.enter("ann", pace, now));
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(throttle.enter(std::to_string(i), pace, now));
  EXPECT_TRUE(throttle.enter("ann", pace, now));
}

}  // namespace
}  // namespace aljibe::auth
