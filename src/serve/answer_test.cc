#include "serve/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::field;
using testing::Shop;
using testing::Permit;
using testing::open_to_all;

constexpr std::string_view page = "/rest/v1/products?select=asin,price&order=asin&limit=2";

TEST(Answers, rows_come_as_json_with_all_that_a_client_needs_to_know) {
  const Shop shop;
  const auto answer = shop.get(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"([{"asin":"a","price":1.50},{"asin":"b","price":2.00}])");
  EXPECT_EQ(field(answer, "Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(field(answer, "Content-Range"), "0-1/*");
  EXPECT_EQ(field(answer, "Content-Length"), std::to_string(answer.body.size()));
  EXPECT_THAT(field(answer, "Content-Location"), StartsWith("/rest/v1/products?limit=2&order=asin"));
  EXPECT_THAT(field(answer, "Vary"), StartsWith("Authorization, apikey, Accept, Prefer, Range"));
  EXPECT_EQ(field(answer, "Cache-Control"), "no-cache");
  EXPECT_THAT(field(answer, "ETag"), StartsWith("\""));
  EXPECT_THAT(field(answer, "Server-Timing"), HasSubstr("store;dur="));
  EXPECT_EQ(field(answer, "X-Request-Id").size(), 16u);
}

TEST(Answers, every_answer_tells_browsers_what_they_may_not) {
  const Shop shop;
  for (const auto* target : {"/rest/v1/products?limit=1", "/rest/v1/nonesuch", "/nonesuch", "/", "/openapi.json", "/docs", "/health/live", "/metrics", "/rest/v1/products?limit=1"}) {
    const auto answer = shop.get(target, {"Accept: text/html, */*"});
    EXPECT_EQ(field(answer, "X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(field(answer, "Referrer-Policy"), "no-referrer") << target;
    EXPECT_EQ(field(answer, "Cross-Origin-Resource-Policy"), "same-origin") << target;
    EXPECT_THAT(field(answer, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'")) << target;
    EXPECT_EQ(answer.head.find("Content-Security-Policy"), answer.head.rfind("Content-Security-Policy")) << target << ": two would both hold";
    EXPECT_EQ(field(answer, "Strict-Transport-Security"), "") << target;
    EXPECT_EQ(field(answer, "Server"), "") << target;
  }
  io::testing::Client malformed(shop.port());
  malformed.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(field(malformed.answer(), "X-Content-Type-Options"), "nosniff");
}

TEST(Answers, a_rate_ends_with_429_and_says_when_to_come_again) {
  const Shop shop({.rate_per_address = 4, .rate_window = std::chrono::hours(1)});
  for (const auto* left : {"3", "2", "1", "0"}) {
    const auto answer = shop.get(page);
    EXPECT_EQ(answer.status, 200) << "the memo answers some of these";
    EXPECT_EQ(field(answer, "RateLimit-Policy"), "\"default\";q=4;w=3600");
    EXPECT_THAT(field(answer, "RateLimit"), StartsWith("\"default\";r=" + std::string(left) + ";t="));
    EXPECT_EQ(field(answer, "Retry-After"), "");
  }
  const auto refused = shop.get(page, {"Origin: https://shop.example"});
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr(std::string(wire(Code::rate_limited))));
  EXPECT_THAT(field(refused, "RateLimit"), StartsWith("\"default\";r=0;t="));
  EXPECT_GT(std::stoi(field(refused, "Retry-After")), 800);
  EXPECT_EQ(field(refused, "Access-Control-Allow-Origin"), "*") << "a page may read why";
  EXPECT_EQ(field(Shop().get(page), "RateLimit"), "") << "nothing is said where no rate is set";
}

TEST(Answers, a_bearer_has_a_rate_of_its_own_wherever_it_asks_from) {
  const Shop shop({.rate_per_address = 100, .rate_per_identity = 2, .rate_window = std::chrono::hours(1)});
  EXPECT_EQ(field(shop.get(page), "RateLimit-Policy"), "\"default\";q=100;w=3600");
  for (const auto* left : {"1", "0"}) {
    const auto answer = shop.get(page, {"Authorization: Bearer reader.ann"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(field(answer, "RateLimit"), StartsWith("\"default\";r=" + std::string(left) + ";t="));
  }
  const auto refused = shop.get(page, {"Authorization: Bearer reader.ann"});
  EXPECT_EQ(refused.status, 429) << "also where the memo would have answered";
  EXPECT_GT(std::stoi(field(refused, "Retry-After")), 1'700);
  EXPECT_EQ(refused.head.find("Retry-After"), refused.head.rfind("Retry-After"));
  EXPECT_EQ(shop.get(page, {"apikey: latereader.ann"}).status, 429) << "nor by another token of the same bearer";
  EXPECT_EQ(shop.get(page, {"Authorization: Bearer reader.bob"}).status, 200);
  EXPECT_EQ(shop.get(page).status, 200);
}

TEST(Answers, every_way_of_asking_the_same_is_one_entry_until_somebody_commits) {
  Shop shop;
  EXPECT_EQ(shop.cache(page), "fwd=miss; stored");
  EXPECT_EQ(shop.cache(page), "hit");
  EXPECT_EQ(shop.cache(page), "hit");
  EXPECT_EQ(shop.cache("/rest/v1/products?limit=2&order=asin.asc&select=asin,price&offset=0"), "hit");
  EXPECT_EQ(shop.database().reads, 1);
  shop.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  const auto answer = shop.get(page);
  EXPECT_EQ(field(answer, "Cache-Status"), "aljibe; fwd=stale; stored; detail=database-changed");
  EXPECT_THAT(answer.body, HasSubstr("9.99"));
  EXPECT_EQ(shop.cache(page), "hit");
}

Rules rechecking() {
  Rules rules;
  rules.recheck_one_in = 1;
  return rules;
}

/// Asks until so many hits were read again.
Recheck::Figures rechecked(Shop& shop, std::uint64_t count) {
  for (;;) {
    const auto figures = shop.answers().recheck_figures();
    if (figures.same + figures.different + figures.undecided >= count) return figures;
    shop.get(page);
  }
}

TEST(Answers, hits_are_read_again_now_and_then) {
  Shop shop({}, rechecking());
  const auto figures = rechecked(shop, 3);
  EXPECT_GE(figures.same, 3U);
  EXPECT_EQ(figures.different, 0U);
}

TEST(Answers, figures_do_not_wait_for_a_read_of_theirs) {
  Shop shop({}, rechecking());
  shop.get(page);
  const int reads = shop.database().reads;
  shop.database().is_held = true;
  shop.get(page);
  while (shop.database().reads == reads) std::this_thread::yield();  // the recheck has begun, and is held
  EXPECT_EQ(shop.get("/metrics").status, 200);
  shop.database().is_held = false;
}

TEST(Answers, a_hit_that_the_database_does_not_give_drops_everything) {
  Shop shop({}, rechecking());
  shop.database().is_blind = true;
  shop.get(page);
  shop.write("UPDATE products SET price = 9.99 WHERE asin = 'a'");
  EXPECT_THAT(shop.get(page).body, Not(HasSubstr("9.99"))) << "the bug that is to be found";
  EXPECT_EQ(rechecked(shop, 1).different, 1U);
  EXPECT_THAT(shop.get(page).body, HasSubstr("9.99"));
}

TEST(Answers, what_shapes_the_answer_has_an_entry_of_its_own) {
  const Shop shop;
  shop.get(page), shop.get(page), shop.get(page);
  EXPECT_EQ(shop.get(page, {"Accept: text/csv"}).body, "asin,price\na,1.50\nb,2.00\n");
  EXPECT_EQ(field(shop.get(page, {"Prefer: count=exact"}), "Content-Range"), "0-1/4");
  EXPECT_EQ(field(shop.get(page, {"Range: 3-3"}), "Content-Range"), "3-3/*");
  EXPECT_EQ(field(shop.get(page, {"Prefer: count=exact", "Prefer: handling=strict"}), "Preference-Applied"), "count=exact, handling=strict");
  EXPECT_EQ(shop.get("/rest/v1/products?asin=eq.d", {"Accept: application/vnd.pgrst.object+json;nulls=stripped"}).body,
            R"({"asin":"d","price":4.00,"category_id":2})");
}

TEST(Answers, part_of_a_counted_whole_is_206_and_past_it_416) {
  const Shop shop;
  EXPECT_EQ(shop.get(page, {"Prefer: count=exact"}).status, 206);
  EXPECT_EQ(shop.get("/rest/v1/products", {"Prefer: count=exact"}).status, 200);
  const auto beyond = shop.get("/rest/v1/products?offset=5", {"Prefer: count=exact"});  // Code::range_unsatisfiable
  EXPECT_EQ(beyond.status, 416);
  EXPECT_THAT(beyond.body, HasSubstr(R"("code":"PGRST103")"));
  EXPECT_THAT(beyond.body, HasSubstr("there are only 4 rows"));
  EXPECT_EQ(field(shop.get("/rest/v1/categories", {"Prefer: count=exact"}), "Content-Range"), "*/0");
  EXPECT_EQ(shop.get("/rest/v1/products", {"Range: 5-2"}).status, 416);
}

TEST(Answers, next_link_walks_through_all_rows) {
  const Shop shop;
  auto link = field(shop.get("/rest/v1/products?select=asin&limit=3"), "Link");
  ASSERT_THAT(link, HasSubstr(">; rel=\"next\""));
  const auto next = shop.get(link.substr(1, link.find('>') - 1));
  EXPECT_EQ(next.body, R"([{"asin":"d"}])");
  EXPECT_EQ(field(next, "Link"), "");
}

TEST(Answers, known_tag_is_answered_without_a_body_from_the_cache_too) {
  const Shop shop;
  const auto tag = "If-None-Match: " + field(shop.get(page), "ETag");
  for (int i = 0; i < 3; ++i) {
    const auto answer = shop.get(page, {tag});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(field(answer, "Content-Length"), "");
    EXPECT_NE(field(answer, "ETag"), "");
  }
  shop.write("UPDATE products SET price = 7 WHERE asin = 'b'");
  EXPECT_EQ(shop.get(page, {tag}).status, 200);
}

TEST(Answers, codings_have_tags_of_their_own_and_small_bodies_none) {
  const Shop shop;
  shop.write("UPDATE products SET title = printf('%.3000c', 'x') WHERE asin = 'a'");
  const auto plain = shop.get("/rest/v1/products");
  const auto coded = shop.get("/rest/v1/products", {"Accept-Encoding: gzip"});
  EXPECT_EQ(field(coded, "Content-Encoding"), "gzip");
  EXPECT_LT(coded.body.size(), plain.body.size() / 4);
  EXPECT_NE(field(coded, "ETag"), field(plain, "ETag"));
  EXPECT_EQ(field(shop.get(page, {"Accept-Encoding: gzip"}), "Content-Encoding"), "");
}

TEST(Answers, head_says_what_get_would) {
  const Shop shop;
  const auto answer = shop.get(page, {}, "HEAD");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(field(answer, "Content-Length"), "53");
}

TEST(Answers, browsers_of_other_origins_may_ask_and_read) {
  const Shop shop;
  const auto before = shop.get("/rest/v1/products", {"Origin: http://a", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: prefer"}, "OPTIONS");
  EXPECT_EQ(before.status, 200);
  EXPECT_EQ(field(before, "Allow"), "OPTIONS,GET,HEAD");
  EXPECT_EQ(field(before, "Access-Control-Allow-Methods"), "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD");
  EXPECT_EQ(field(before, "Access-Control-Allow-Headers"), "Authorization, prefer, Accept, Accept-Language, Content-Language");
  for (int i = 0; i < 3; ++i) {
    const auto answer = shop.get(page, {"Origin: http://a"});
    EXPECT_EQ(field(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_THAT(field(answer, "Access-Control-Expose-Headers"), HasSubstr("Content-Range"));
  }
}

TEST(Answers, only_listed_origins_are_let_in) {
  const Shop shop({}, {.cors = Cors({"http://a"})});
  EXPECT_EQ(field(shop.get(page, {"Origin: http://a"}), "Access-Control-Allow-Origin"), "http://a");
  EXPECT_EQ(field(shop.get(page, {"Origin: http://b"}), "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(field(shop.get(page, {"Origin: http://b"}), "Vary"), "Origin");
}

TEST(Answers, request_may_speak_to_the_cache) {
  Shop shop;
  const auto missing = shop.get(page, {"Cache-Control: only-if-cached"});  // Code::not_cached
  EXPECT_EQ(missing.status, 504);
  EXPECT_THAT(missing.body, HasSubstr("ALJ113"));
  EXPECT_EQ(shop.database().reads, 0);
  shop.get(page);
  EXPECT_EQ(shop.cache(page, {"Cache-Control: only-if-cached"}), "hit");
  EXPECT_EQ(shop.cache(page, {"Cache-Control: no-cache"}), "fwd=request");
  EXPECT_EQ(shop.database().reads, 2);
}

TEST(Answers, a_table_can_be_kept_out_of_the_cache) {
  Rules rules;
  rules.uncached = {"products"};
  const Shop shop({}, std::move(rules));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(shop.cache("/rest/v1/products"), "fwd=bypass; detail=off");
  shop.get("/rest/v1/categories");
  EXPECT_EQ(shop.cache("/rest/v1/categories"), "hit");
}

TEST(Answers, request_id_is_kept_when_it_can_stand_in_a_log) {
  const Shop shop;
  shop.get(page), shop.get(page);
  EXPECT_EQ(field(shop.get(page, {"X-Request-Id: abc-1"}), "X-Request-Id"), "abc-1");
  EXPECT_EQ(field(shop.get(page, {"X-Request-Id: a b\""}), "X-Request-Id").size(), 16u);
}

TEST(Answers, mistakes_are_told_in_the_dialects_form) {
  const Shop shop;
  const auto expect = [&](std::string_view target, std::initializer_list<std::string_view> fields, int status, std::string_view code) {
    const auto answer = shop.get(target, fields);
    EXPECT_EQ(answer.status, status) << target;
    EXPECT_THAT(answer.body, HasSubstr("{\"code\":\"" + std::string(code) + "\"")) << target;
    EXPECT_THAT(field(answer, "Proxy-Status"), HasSubstr("error=" + std::string(code)));
  };
  expect("/rest/v1/products?price=what.1", {}, 400, "PGRST100");
  expect("/rest/v1/products?prise=lt.1", {}, 400, "PGRST204");
  expect("/rest/v1/produkts", {}, 404, "PGRST205");
  expect("/rest/v1/products?price=lt.x", {}, 400, "22P02");
  expect("/rest/v1/products", {"Accept: image/png"}, 406, "PGRST107");
  expect("/rest/v1/products", {"Accept-Profile: private"}, 406, "PGRST106");                // Code::schema_unacceptable
  expect("/rest/v1/products", {"Accept: application/vnd.pgrst.object+json"}, 406, "PGRST116");  // Code::singular_mismatch
  expect("/rest/v1/products", {"Prefer: handling=strict, anything"}, 400, "PGRST122");      // Code::prefer_invalid
  expect("/rest/v1/rpc/f", {}, 404, "PGRST202");                                             // Code::function_unknown
  expect("/rest/v1/products;x", {}, 404, "PGRST205");
  for (const auto* path : {"/rest/v1/products/", "/rest/v1/a%2Fb", "/rest/v1/..", "/rest/v1/%2e%2e", "/rest/v1/products/x.css"}) {
    expect(path, {}, 404, "PGRST125");  // Code::route_unknown
  }
  const auto posted = shop.get("/health/live", {"Content-Length: 0"}, "POST");  // Code::method_unsupported
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(field(posted, "Allow"), "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE");
}

TEST(Answers, elsewhere_mistakes_are_problem_details) {
  const Shop shop;
  const auto answer = shop.get("/nowhere");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(field(answer, "Content-Type"), "application/problem+json");
  EXPECT_THAT(answer.body, HasSubstr(R"("title":"Not Found","status":404)"));
}

TEST(Answers, tables_are_read_by_whom_the_rules_name_also_after_a_reload) {
  Shop shop({}, {.access = open_to_all({{"products", {Deed::read}}, {"categories", {}}})});
  EXPECT_EQ(shop.get("/rest/v1/products").status, 200);
  EXPECT_EQ(shop.get("/rest/v1/secrets").status, 404);
  const auto closed = shop.get("/rest/v1/categories");  // Code::permission_denied
  EXPECT_EQ(closed.status, 401);
  EXPECT_EQ(field(closed, "WWW-Authenticate"), "Bearer");
  EXPECT_THAT(shop.get("/openapi.json").body, Not(HasSubstr("secrets")));
  shop.get("/rest/v1/products"), shop.get("/rest/v1/products");
  shop.answers().set_rules({.access = open_to_all({{"categories", {Deed::read}}})});
  EXPECT_EQ(shop.get("/rest/v1/products").status, 404);
  EXPECT_EQ(shop.get("/rest/v1/categories").status, 200);
}

TEST(Answers, tables_that_may_not_be_read_are_not_embedded_either) {
  const auto rules = [](bool reviews) { return Rules{.access = open_to_all({{"products", {Deed::read}}, {"reviews", reviews ? Permit{Deed::read} : Permit{}}})}; };
  Shop shop({}, rules(true));
  shop.write("CREATE TABLE reviews (id INTEGER PRIMARY KEY, asin TEXT REFERENCES products(asin)); INSERT INTO reviews VALUES (1, 'a');"
             "CREATE TABLE diaries (id INTEGER PRIMARY KEY, asin TEXT REFERENCES products(asin))");
  constexpr std::string_view reviewed = "/rest/v1/products?select=asin,reviews(id)&asin=eq.a";
  EXPECT_EQ(shop.get(reviewed).body, R"([{"asin":"a","reviews":[{"id":1}]}])");
  EXPECT_EQ(shop.cache(reviewed), "hit");
  const auto hidden = shop.get("/rest/v1/products?select=asin,diaries(id)");  // Code::relationship_unknown
  EXPECT_EQ(hidden.status, 400);
  EXPECT_THAT(hidden.body, HasSubstr("PGRST200"));
  EXPECT_THAT(shop.get("/rest/v1/products?select=asin,diarie(id)").body, Not(HasSubstr("diaries"))) << "nor suggested";
  EXPECT_EQ(shop.get("/rest/v1/products?select=asin,diaries!inner()").status, 400) << "nor joined through";
  shop.answers().set_rules(rules(false));
  EXPECT_EQ(shop.get(reviewed).status, 400) << "what was kept is not given out under new rules";
}

TEST(Answers, aggregates_are_answered_where_the_rules_let_them) {
  Shop shop;
  constexpr std::string_view counted = "/rest/v1/products?select=category_id,count()";
  EXPECT_EQ(shop.get(counted).status, 400);  // Code::aggregates_disabled
  shop.answers().set_rules({.aggregates = query::Aggregates::allowed});
  EXPECT_EQ(shop.get(counted).body, R"([{"category_id":1,"count":2},{"category_id":2,"count":2}])");
  shop.answers().set_rules({});
  EXPECT_EQ(shop.get(counted).status, 400);
}

TEST(Answers, ambiguous_relationships_are_300) {
  Shop shop;
  shop.write("CREATE TABLE pairs (id INTEGER PRIMARY KEY, one TEXT REFERENCES products(asin), other TEXT REFERENCES products(asin))");
  const auto answer = shop.get("/rest/v1/pairs?select=products(asin)");  // Code::relationship_ambiguous
  EXPECT_EQ(answer.status, 300);
  EXPECT_THAT(answer.body, HasSubstr("'products!pairs_one_fkey'"));
}

TEST(Answers, pages_around_the_data_are_there) {
  const Shop shop;
  EXPECT_THAT(shop.get("/").body, HasSubstr(R"("href":"/rest/v1/products")"));
  EXPECT_THAT(shop.get("/", {"Accept: text/html"}).body, StartsWith("<!doctype html>"));
  EXPECT_THAT(shop.get("/docs").body, StartsWith("<!doctype html>"));
  EXPECT_THAT(shop.get("/openapi.json").body, StartsWith(R"({"openapi":"3.1.0")"));
  EXPECT_EQ(shop.get("/health/live").status, 200);
  EXPECT_EQ(shop.get("/health/ready").status, 200);
  shop.get(page), shop.get(page), shop.get(page);
  const auto metrics = shop.get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("aljibe_cache_lookups_total{outcome=\"hit\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("aljibe_cache_lookups_total{outcome=\"miss\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("aljibe_database_read_seconds_count 1\n"));
  const auto tag = "If-None-Match: " + field(shop.get("/docs"), "ETag");
  EXPECT_EQ(shop.get("/docs", {tag}).status, 304);
}

TEST(Answers, hundred_misses_at_once_are_one_read) {
  Shop shop;
  shop.database().is_held = true;
  std::vector<std::jthread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back([&] {
      const auto answer = shop.get(page);
      if (answer.status == 200 && answer.body.starts_with(R"([{"asin":"a")")) ++right;
    });
  }
  while (shop.answers().cache_figures().busy < 99) std::this_thread::yield();
  shop.database().is_held = false;
  clients.clear();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(shop.database().reads, 1);
}

TEST(Answers, joiner_that_came_after_a_commit_does_not_get_the_rows_from_before) {
  Shop shop;
  std::atomic<bool> is_first{true};
  std::atomic<bool> may_return{false};
  shop.database().after_read = [&] {  // the first read holds old rows in its hands
    if (is_first.exchange(false)) {
      while (!may_return) std::this_thread::yield();
    }
  };
  std::jthread early([&] { shop.get(page); });
  while (is_first) std::this_thread::yield();
  shop.write("UPDATE products SET price = 8.88 WHERE asin = 'a'");
  std::string body;
  std::jthread late([&] { body = shop.get(page).body; });
  while (shop.answers().cache_figures().busy < 1) std::this_thread::yield();
  may_return = true;
  late.join();
  EXPECT_THAT(body, HasSubstr("8.88"));
}

TEST(Answers, schema_that_changes_under_a_plan_is_read_again_once) {
  Shop shop;
  shop.database().old_plans = 1;
  EXPECT_EQ(shop.get(page).status, 200);
  shop.write("ALTER TABLE products ADD COLUMN stars REAL");
  EXPECT_THAT(shop.get("/rest/v1/products?select=stars&limit=1").body, HasSubstr("stars"));
  shop.database().old_plans = 2;
  EXPECT_EQ(shop.get("/rest/v1/products?limit=3").status, 503);  // Code::schema_changed
}

TEST(Answers, failed_read_is_told_to_all_who_waited_and_not_kept) {
  Shop shop;
  const auto target = "/rest/v1/products?price=lt.x";
  EXPECT_EQ(shop.get(target).status, 400);
  EXPECT_EQ(shop.get(target).status, 400);
  EXPECT_EQ(shop.answers().cache_figures().stored, 0u);
}

}  // namespace
}  // namespace aljibe::serve
