// The second tier against a real Redis: what it gives is what the database would, whatever happened to either.
#include "serve/tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <source_location>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/percent.h"
#include "io/clock.h"
#include "io/server.h"
#include "io/testing/client.h"
#include "redis/testing/server.h"
#include "serve/admin.h"
#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::field;
using testing::Shop;

constexpr std::string_view cheap = "/rest/v1/products?category_id=eq.1&select=asin,price&order=asin";
constexpr std::string_view dear = "/rest/v1/products?category_id=eq.2&select=asin,price&order=asin";
constexpr std::string_view from_redis = "hit; detail=redis";

Limits sharing() {
  Limits limits;
  limits.history_marks_max = 100'000;
  return limits;
}

void until(const std::function<bool()>& holds, std::source_location place = std::source_location::current()) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("it never came true: line " + std::to_string(place.line()));
    std::this_thread::yield();
  }
}

class Tiers : public ::testing::Test {
 protected:
  Tiers() : shop_(sharing()) { shop_.share(redis_.port()), connected(shop_); }

  static void connected(Shop& shop) {
    until([&] { return shop.redis().state() == redis::State::ready; });
  }
  /// Another process on the same file.
  std::unique_ptr<Shop> another(Tier::Settings settings = {}) {
    auto shop = Shop::beside(shop_.path(), sharing());
    shop->share(redis_.port(), std::move(settings));
    connected(*shop);
    return shop;
  }
  /// Asks, and waits until the answer lies in Redis.
  static void publish(Shop& shop, std::string_view target) {
    const auto put = shop.answers().tier_figures().put;
    shop.get(target);
    until([&] { return shop.answers().tier_figures().put > put; });
  }
  io::testing::Answer ask_admin(const std::string& method, const std::string& target) {
    Admin admin(shop_.answers(), shop_.telemetry());
    telemetry::Telemetry telemetry(clock_, telemetry::Verbosity::quiet);
    const auto server = io::Server::start({.listeners = {io::Listener{}}, .threads = 1, .limits = {}}, admin, telemetry).value();
    io::testing::Client client(server->ports()[0]);
    client.send(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
    return client.answer();
  }
  std::string key() { return redis_.cli({"--scan", "--pattern", "*products*"}); }

  io::RealClock clock_;
  redis::testing::Server redis_;
  Shop shop_;
};

TEST_F(Tiers, an_answer_outlives_its_process_and_is_shared_with_others) {
  publish(shop_, cheap);
  EXPECT_THAT(key(), ::testing::MatchesRegex("aljibe:[0-9a-f]{8}:[0-9a-f]{32}:products\\?category_id=eq\\.1.*"));
  const auto second = another();
  const auto answer = second->get(cheap);
  EXPECT_EQ(field(answer, "Cache-Status"), "aljibe; hit; detail=redis");
  EXPECT_EQ(answer.body, R"([{"asin":"a","price":1.50},{"asin":"b","price":2.00}])");
  EXPECT_EQ(answer.head.substr(0, answer.head.find("\r\nDate")), shop_.get(cheap).head.substr(0, answer.head.find("\r\nDate")));
  EXPECT_EQ(second->database().reads, 0);
  EXPECT_EQ(second->cache(cheap), "hit");
  EXPECT_EQ(second->answers().tier_figures().hits, 1U);
}

TEST_F(Tiers, what_changed_while_nobody_looked_is_read_and_the_rest_is_not) {
  publish(shop_, cheap), publish(shop_, dear);
  const auto second = another();
  shop_.write("UPDATE products SET price = 9.99 WHERE asin = 'a'; UPDATE products SET title = 'Ox' WHERE asin = 'c'");
  EXPECT_THAT(second->get(cheap).body, HasSubstr("9.99"));
  EXPECT_EQ(second->cache(dear), from_redis);
  EXPECT_EQ(second->answers().tier_figures().dead, 1U);
}

TEST_F(Tiers, a_log_that_was_written_before_the_start_is_looked_at_too) {
  publish(shop_, cheap), publish(shop_, dear);
  shop_.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  const auto second = another();
  EXPECT_THAT(second->get(cheap).body, HasSubstr("9.99"));
  EXPECT_EQ(second->cache(dear), from_redis);
}

TEST_F(Tiers, keys_that_are_known_to_be_dead_leave) {
  publish(shop_, cheap), publish(shop_, dear);
  shop_.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  shop_.get("/rest/v1/categories");  // hears of it
  until([&] { return shop_.answers().tier_figures().unlinked == 1; });
  EXPECT_THAT(key(), HasSubstr("category_id=eq.2"));
}

TEST_F(Tiers, a_restored_database_does_not_meet_answers_of_the_time_that_was_lost) {
  const auto copy = shop_.path() + ".copy", served = shop_.path() + ".served";
  shop_.write("PRAGMA wal_checkpoint(TRUNCATE); VACUUM INTO '" + copy + "'");
  const auto serve = [&](const std::string& from) {
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(served + end);
    std::filesystem::copy_file(from, served);
    auto shop = Shop::beside(served, sharing());
    shop->share(redis_.port());
    connected(*shop);
    return shop;
  };
  auto lost = serve(copy);
  lost->write("UPDATE products SET price = 7.77 WHERE asin = 'a'");
  publish(*lost, cheap);
  EXPECT_THAT(lost->get(cheap).body, HasSubstr("7.77"));
  lost.reset();

  const auto restored = serve(copy);
  restored->write("UPDATE products SET price = 8.88 WHERE asin = 'c'");  // under the same id of the log
  EXPECT_THAT(restored->get(cheap).body, HasSubstr("1.50"));
}

TEST_F(Tiers, what_may_be_lost_in_a_power_failure_is_kept_from_redis) {
  shop_.database().fails_to_sync = true;
  shop_.get(cheap);
  until([&] { return shop_.answers().tier_figures().dropped + shop_.answers().tier_figures().put == 1; });
  EXPECT_EQ(shop_.answers().tier_figures().put, 0U);
  EXPECT_EQ(key(), "");
}

TEST_F(Tiers, an_older_answer_in_the_place_of_a_newer_one_is_not_taken_for_it) {
  publish(shop_, cheap);
  const auto name = key();
  redis_.cli({"COPY", name, "older"});
  shop_.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  publish(shop_, cheap);
  redis_.cli({"COPY", "older", name, "REPLACE"});
  shop_.answers().flush();
  EXPECT_THAT(shop_.get(cheap).body, HasSubstr("9.99"));
}

TEST_F(Tiers, a_newer_answer_is_not_overwritten_by_one_that_comes_late) {
  const auto put = [&](std::string_view blob) {
    std::optional<std::int64_t> result;
    std::atomic<bool> is_done{false};
    shop_.redis().send(put_command("k", blob, std::chrono::seconds(60)), std::chrono::steady_clock::now() + std::chrono::seconds(10), [&](Result<redis::Reply> reply) {
      if (reply) result = reply->integer;
      is_done = true;
    });
    until([&] { return is_done.load(); });
    return result;
  };
  EXPECT_EQ(put("ALJ10000000000000007 seven"), 1);
  EXPECT_EQ(put("ALJ10000000000000006 six"), 0);
  EXPECT_EQ(redis_.cli({"GET", "k"}), "ALJ10000000000000007 seven");
  EXPECT_EQ(put("ALJ10000000000000010 sixteen"), 1);
  EXPECT_EQ(put("ALJ20000000000000001 another form"), 1);
  EXPECT_GT(std::stoi(redis_.cli({"TTL", "k"})), 0);
}

/// Makes the tier believe that the database is slow, so that one filler is asked for.
void be_slow(Shop& shop, std::string_view target) {
  const auto until_then = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
  shop.database().after_read = [until_then] { until([&] { return std::chrono::steady_clock::now() >= until_then; }); };
  shop.get(target);
  shop.database().after_read = {};
}

TEST_F(Tiers, who_waited_for_anothers_filling_holds_its_result_against_its_own_time) {
  publish(shop_, cheap);
  const auto name = key();
  redis_.cli({"COPY", name, "older"});
  const auto second = another();
  be_slow(*second, "/rest/v1/products?asin=eq.d");
  shop_.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  redis_.cli({"DEL", name});
  redis_.cli({"SET", name + ":lease", "1"});
  std::jthread other([&] {
    until([&] { return second->answers().tier_figures().leases_waited == 1; });
    redis_.cli({"COPY", "older", name, "REPLACE"});
  });
  EXPECT_THAT(second->get(cheap).body, HasSubstr("9.99"));
}

TEST_F(Tiers, who_waits_for_anothers_filling_is_given_it) {
  publish(shop_, cheap);
  const auto name = key();
  redis_.cli({"RENAME", name, "filled"});
  const auto second = another();
  be_slow(*second, "/rest/v1/products?asin=eq.d");
  redis_.cli({"SET", name + ":lease", "1"});
  std::jthread other([&] {
    until([&] { return second->answers().tier_figures().leases_waited == 1; });
    redis_.cli({"COPY", "filled", name});
  });
  EXPECT_EQ(second->cache(cheap), from_redis);
}

TEST_F(Tiers, a_redis_that_dies_stalls_or_was_never_there_is_a_miss) {
  publish(shop_, cheap);
  EXPECT_THAT(shop_.get("/health/ready").body, HasSubstr(R"("status":"ready")"));
  redis_.kill9();
  EXPECT_EQ(shop_.cache(dear), "fwd=miss; stored");
  until([&] { return shop_.get("/health/ready").body.contains("degraded"); });
  EXPECT_EQ(shop_.get("/health/ready").status, 200);
  EXPECT_EQ(shop_.cache(cheap), "hit");
  redis_.start();
  connected(shop_);
  EXPECT_EQ(another()->cache(dear), "fwd=miss; stored");

  redis_.pause();
  shop_.answers().flush();
  EXPECT_EQ(shop_.get(dear).status, 200);
  redis_.resume();
}

TEST_F(Tiers, another_secret_another_limit_and_other_rules_share_nothing) {
  publish(shop_, cheap);
  EXPECT_EQ(another({.secret = "ours alone"})->cache(cheap), "fwd=miss; stored");
  auto limits = sharing();
  limits.rows_max = 1;
  auto shop = Shop::beside(shop_.path(), limits);
  shop->share(redis_.port());
  connected(*shop);
  EXPECT_EQ(shop->get(cheap).body, R"([{"asin":"a","price":1.50}])");
}

TEST_F(Tiers, what_is_no_blob_is_refused_and_removed) {
  publish(shop_, cheap);
  const auto name = key();
  for (const auto* junk : {"", "x", "ALJ1", "ALJ10000000000000001 0123456789abcdef0123456789abcdef and more"}) {
    redis_.cli({"SET", name, junk});
    shop_.answers().flush();
    publish(shop_, cheap);
    EXPECT_EQ(shop_.get(cheap).body, R"([{"asin":"a","price":1.50},{"asin":"b","price":2.00}])");
  }
  EXPECT_EQ(shop_.answers().tier_figures().refused, 4U);
  redis_.cli({"DEL", name});
  redis_.cli({"LPUSH", name, "a list"});
  shop_.answers().flush();
  EXPECT_EQ(shop_.cache(cheap), "fwd=miss; stored");
}

TEST_F(Tiers, what_is_flushed_everywhere_is_taken_from_redis_by_nobody) {
  publish(shop_, cheap);
  const auto second = another();
  EXPECT_EQ(ask_admin("POST", "/admin/v1/cache/flush").status, 200);
  EXPECT_EQ(second->cache(cheap), "fwd=miss; stored");
}

TEST_F(Tiers, what_redis_did_not_get_or_lost_long_ago_is_put_there_while_it_is_asked_for) {
  redis_.kill9();
  until([&] { return shop_.redis().state() != redis::State::ready; });
  shop_.get(cheap);
  redis_.start();
  connected(shop_);
  until([&] { return shop_.cache(cheap) == "hit" && shop_.answers().tier_figures().put == 1; });
  EXPECT_EQ(shop_.cache(cheap), "hit");
  EXPECT_EQ(shop_.answers().tier_figures().put, 1U);
  EXPECT_EQ(another()->cache(cheap), from_redis);
}

TEST_F(Tiers, a_put_that_redis_refuses_is_counted) {
  redis_.cli({"CONFIG", "SET", "maxmemory", "1"});
  redis_.cli({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  shop_.get(cheap);
  until([&] { return shop_.answers().tier_figures().put_failed == 1; });
  EXPECT_EQ(shop_.answers().tier_figures().put, 0U);
}

TEST_F(Tiers, explain_and_metrics_name_the_tier) {
  EXPECT_THAT(ask_admin("GET", "/admin/v1/cache/explain?url=" + percent_encode(cheap)).body, Not(HasSubstr("\"redis\"")));
  publish(shop_, cheap);
  EXPECT_THAT(ask_admin("GET", "/admin/v1/cache/explain?url=" + percent_encode(cheap)).body, HasSubstr("\"redis\":\"" + key() + "\""));
  const auto metrics = shop_.get("/metrics").body;
  for (const auto* line : {"aljibe_redis_up 1", "aljibe_redis_puts_total{outcome=\"put\"} 1", "aljibe_redis_lookups_total{outcome=\"miss\"} 1"}) EXPECT_THAT(metrics, HasSubstr(line));
}

}  // namespace
}  // namespace aljibe::serve
