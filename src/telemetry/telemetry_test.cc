#include "telemetry/telemetry.h"

#include "telemetry/hidden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
  EXPECT_THAT(line, HasSubstr("level=error event=incident status=500 detail=\"a\\x0alevel=info \\\"x\\\"\"\n"));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Log, every_text_of_others_is_escaped) {
  for (const auto evil : std::initializer_list<std::string_view>{"a\r\nevent=x", "\x1b[31m", "\x9b", "\xe2\x80\xae", "\xe2\x80\xa8", "\xc2\x85", "\x7f", std::string_view("\0", 1)}) {
    const auto line = log_line({.what = Event::What::audited, .detail = evil, .request_id = evil, .target = evil, .client = evil, .audit = evil, .who = evil}, noon);
    EXPECT_TRUE(std::ranges::all_of(line.substr(0, line.size() - 1), [](char letter) { return letter >= ' ' && letter < 0x7f; })) << line;
  }
  const std::string pad(600, '"');
  EXPECT_LT(log_line({.what = Event::What::audited, .detail = pad, .request_id = pad, .target = pad}, noon).size(), 4096U) << "one write to a pipe is whole up to this size";
}

TEST(Log, a_target_is_told_without_its_secrets) {
  const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  EXPECT_EQ(without_secrets("/a?limit=3&apikey=abc&b=c"), "/a?limit=3&apikey=***&b=c");
  EXPECT_EQ(without_secrets("/a?API%4bEY=abc&refresh_token=x&password="), "/a?API%4bEY=***&refresh_token=***&password=***");
  EXPECT_EQ(without_secrets("/a?x=" + token + "&y=1"), "/a?x=***&y=1");
  EXPECT_EQ(without_secrets("/" + token + "/b?" + token), "/***/b?***");
  EXPECT_EQ(without_secrets("/a?x=alj_0f3a9c51d2e4b687_bWFyaw&y=1"), "/a?x=***&y=1");
  EXPECT_EQ(without_secrets("/alj_/eyJ?eyJeyJ=alj_alj_"), "/alj_/eyJ?eyJeyJ=alj_alj_");
  EXPECT_EQ(without_secrets("/a?name=eq.eyJelly&monkey=eq.1"), "/a?name=eq.eyJelly&monkey=eq.1");
  EXPECT_EQ(without_secrets("?&&=&a"), "?&&=&a");
}

TEST(Log, refusals_are_audited_up_to_a_rate) {
  AuditPace pace;
  const std::chrono::steady_clock::time_point start{std::chrono::hours(1)};
  for (int i = 0; i < AuditPace::lines_max; ++i) EXPECT_TRUE(pace.admits(start));
  EXPECT_FALSE(pace.admits(start));
  EXPECT_FALSE(pace.admits(start + std::chrono::milliseconds(900)));
  EXPECT_EQ(pace.take_suppressed(), 0U) << "told when the second is over";
  EXPECT_TRUE(pace.admits(start + std::chrono::seconds(1)));
  EXPECT_EQ(pace.take_suppressed(), 2U);
  EXPECT_EQ(pace.take_suppressed(), 0U);
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
