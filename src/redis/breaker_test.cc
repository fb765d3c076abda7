#include "redis/breaker.h"

#include <gtest/gtest.h>

namespace aljibe::redis {
namespace {

using std::chrono::milliseconds;
using Position = Breaker::Position;

class BreakerTest : public ::testing::Test {
 protected:
  void good(int count = 1) {
    for (; count > 0; --count) breaker.good();
  }
  void bad(int count = 1, milliseconds budget = milliseconds(20)) {
    for (; count > 0; --count) breaker.bad(now, budget);
  }
  void open() { bad(5); }
  void probe(bool is_in_time) {
    now = breaker.probe_at();
    breaker.begin_probe();
    breaker.end_probe(now, is_in_time);
  }
  /// The pause before the next probe, within what jitter allows of `whole`.
  void expect_pause(milliseconds whole) {
    EXPECT_GE(breaker.probe_at() - now, whole / 2);
    EXPECT_LE(breaker.probe_at() - now, whole);
  }

  Breaker breaker{{.seed = 7}};
  Breaker::Instant now = Breaker::Instant{} + std::chrono::hours(1);
};

TEST_F(BreakerTest, opens_after_several_bad_answers_in_a_row) {
  bad(4);
  good();
  bad(4);
  EXPECT_TRUE(breaker.is_closed());
  EXPECT_EQ(breaker.probe_at(), Breaker::Instant::max());
  bad();
  EXPECT_EQ(breaker.position(), Position::open);
}

TEST_F(BreakerTest, opens_when_most_of_the_recent_answers_were_bad) {
  for (int i = 0; i < 5; ++i) good(), bad(2);
  EXPECT_TRUE(breaker.is_closed()) << "15 answers say too little";
  good(), bad(2);
  EXPECT_FALSE(breaker.is_closed());
}

TEST_F(BreakerTest, stays_closed_when_fewer_than_half_were_bad) {
  for (int i = 0; i < 100; ++i) good(2), bad(2);
  EXPECT_TRUE(breaker.is_closed());
}

TEST_F(BreakerTest, forgets_old_answers) {
  good(1000);
  for (int i = 0; i < 16; ++i) good(), bad(2);
  EXPECT_FALSE(breaker.is_closed());
}

TEST_F(BreakerTest, one_probe_in_time_closes_it) {
  open();
  expect_pause(milliseconds(100));
  probe(true);
  EXPECT_TRUE(breaker.is_closed());
  bad(4);
  EXPECT_TRUE(breaker.is_closed()) << "it starts with no memory";
}

TEST_F(BreakerTest, pauses_double_up_to_a_bound) {
  open();
  for (const int pause : {200, 400, 800, 1600, 2000, 2000}) {
    probe(false);
    EXPECT_EQ(breaker.position(), Position::open);
    expect_pause(milliseconds(pause));
  }
}

TEST_F(BreakerTest, a_relapse_goes_on_with_the_pauses) {
  open();
  probe(false);
  probe(true);
  now += milliseconds(1900);
  open();
  expect_pause(milliseconds(400));
}

TEST_F(BreakerTest, begins_anew_after_a_good_time) {
  open();
  probe(false);
  probe(true);
  now += milliseconds(2000);
  open();
  expect_pause(milliseconds(100));
}

TEST_F(BreakerTest, late_answers_count_for_nothing_while_it_is_open) {
  open();
  const auto at = breaker.probe_at();
  bad(100);
  EXPECT_EQ(breaker.probe_at(), at);
  now = at;
  breaker.begin_probe();
  EXPECT_EQ(breaker.position(), Position::probing);
  bad(100);
  EXPECT_EQ(breaker.position(), Position::probing);
}

TEST_F(BreakerTest, a_probe_has_the_time_that_calls_had) {
  bad(5, milliseconds(7));
  EXPECT_EQ(breaker.begin_probe(), milliseconds(7));
  breaker.end_probe(now, true);
  bad(5, milliseconds(0));
  EXPECT_EQ(breaker.begin_probe(), milliseconds(1));
}

}  // namespace
}  // namespace aljibe::redis
