#include "telemetry/telemetry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace aljibe::telemetry {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using std::chrono::microseconds;

constexpr std::chrono::system_clock::time_point noon{std::chrono::seconds(1'700'000'000)};

TEST(Metrics, threads_add_up) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 1000; ++n) metrics.add(Counter::memo_hits);
      });
    }
  }
  EXPECT_EQ(metrics.value(Counter::memo_hits), 4000u);
}

TEST(Metrics, buckets_count_all_that_is_not_longer) {
  Metrics metrics;
  metrics.observe(Timer::answer, microseconds(50));
  metrics.observe(Timer::answer, microseconds(60));
  metrics.observe(Timer::answer, std::chrono::hours(1));
  const auto text = metrics.text({});
  EXPECT_THAT(text, HasSubstr("aljibe_answer_seconds_bucket{le=\"0.00005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("aljibe_answer_seconds_bucket{le=\"0.0001\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("aljibe_answer_seconds_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("aljibe_answer_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("aljibe_answer_seconds_count 3\n"));
}

TEST(Metrics, each_family_has_one_head_and_samples_follow) {
  Metrics metrics;
  metrics.add(Counter::answers_4xx, 2);
  const std::array<Sample, 2> samples{{{"things", "gauge", "Some things.", "kind=\"a\"", 1.5}, {"things", "gauge", "", "kind=\"b\"", 2}}};
  const auto text = metrics.text(samples);
  EXPECT_THAT(text, HasSubstr("# TYPE aljibe_answers_total counter\naljibe_answers_total{status=\"2xx\"} 0\naljibe_answers_total{status=\"3xx\"} 0\naljibe_answers_total{status=\"4xx\"} 2\n"));
  EXPECT_THAT(text, EndsWith("# HELP things Some things.\n# TYPE things gauge\nthings{kind=\"a\"} 1.5\nthings{kind=\"b\"} 2\n"));
}

TEST(Log, line_says_what_happened_and_nothing_twice) {
  const Event event{.what = Event::What::request_answered, .detail = "miss", .request_id = "ab12", .status = 200, .bytes = 42,
                    .duration = microseconds(1234), .target = "/rest/v1/products?limit=1"};
  EXPECT_EQ(log_line(event, noon), "time=2023-11-14T22:13:20.000Z level=info event=request_answered status=200 detail=miss id=ab12 "
                                   "bytes=42 us=1234 target=\"/rest/v1/products?limit=1\"\n");
}

TEST(Log, text_of_others_cannot_forge_a_line) {
  const auto line = log_line({.what = Event::What::incident, .detail = "a\nlevel=info \"x\"", .status = 500}, noon);
  EXPECT_THAT(line, HasSubstr("level=error event=incident status=500 detail=\"a?level=info \\\"x\\\"\"\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Log, verbosity_chooses) {
  const Event good{.what = Event::What::request_answered, .status = 200};
  const Event bad{.what = Event::What::request_answered, .status = 500};
  EXPECT_FALSE(is_logged(good, Verbosity::usual));
  EXPECT_TRUE(is_logged(bad, Verbosity::usual));
  EXPECT_TRUE(is_logged(good, Verbosity::requests));
  EXPECT_FALSE(is_logged(bad, Verbosity::quiet));
  EXPECT_TRUE(is_logged({.what = Event::What::incident}, Verbosity::quiet));
  EXPECT_FALSE(is_logged({.what = Event::What::connection_opened}, Verbosity::requests));
}

}  // namespace
}  // namespace aljibe::telemetry
