#include "serve/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using testing::Shop;
using ::testing::HasSubstr;

/// A shop whose changes are followed, and its admin listener.
class Administering : public ::testing::Test {
 protected:
  Administering() {
    EXPECT_TRUE(shop_.answers().follow());
    auto server = io::Server::start({.listeners = {io::Listener{}}, .threads = 1, .limits = {}}, admin_, observer_);
    EXPECT_TRUE(server);
    server_ = std::move(*server);
  }

  io::testing::Answer ask(const std::string& target, const std::string& method = "GET", const std::string& fields = "Host: 127.0.0.1:8081\r\n") {
    io::testing::Client client(server_->ports()[0]);
    client.send(method + " " + target + " HTTP/1.1\r\n" + fields + "Content-Length: 0\r\n\r\n");
    return client.answer();
  }
  std::string explain(const std::string& url) { return ask("/admin/v1/cache/explain?url=" + url).body; }

  Shop shop_;
  Admin admin_{shop_.answers(), shop_.telemetry()};
  io::Observer observer_;
  std::unique_ptr<io::Server> server_;
};

TEST_F(Administering, explains_a_fresh_answer_and_the_row_that_ended_another) {
  const std::string one = "/rest/v1/products?category_id=eq.1&select=asin,price&order=price&limit=1";
  const std::string two = "/rest/v1/products?category_id=eq.2&select=asin,price";
  EXPECT_THAT(explain("/rest/v1/products%3Fcategory_id=eq.1"), HasSubstr(R"("state":"unknown")"));
  shop_.get(one), shop_.get(two), shop_.get(two), shop_.get(two);
  const auto fresh = explain("/rest/v1/products?category_id=eq.2%26select=asin,price");
  EXPECT_THAT(fresh, HasSubstr(R"("state":"fresh")"));
  EXPECT_THAT(fresh, HasSubstr(R"("hits":2)"));
  EXPECT_THAT(fresh, HasSubstr("products: where category_id eq 2, reading asin, price, category_id"));

  shop_.write("UPDATE products SET price = 1.25 WHERE asin = 'a'");
  EXPECT_EQ(shop_.cache(two), "hit");
  const auto ended = explain("/rest/v1/products?category_id=eq.1%26select=asin,price%26order=price%26limit=1");
  EXPECT_THAT(ended, HasSubstr(R"("state":"dropped","reason":"a changed row altered it")"));
  EXPECT_THAT(ended, HasSubstr("(asin 'a', price 1.5, category_id 1) became (asin 'a', price 1.25, category_id 1)"));
  EXPECT_THAT(ended, HasSubstr("in the order price, asin up to (2, 'b')"));
  EXPECT_EQ(shop_.cache(one), "fwd=stale; stored; detail=row-changed");
}

TEST_F(Administering, a_price_beyond_the_page_drops_nothing) {
  const std::string page = "/rest/v1/products?select=asin&order=price&limit=1";
  shop_.get(page);
  shop_.write("UPDATE products SET price = 9 WHERE asin = 'd'");
  EXPECT_EQ(shop_.cache(page), "hit");
  shop_.write("INSERT INTO categories VALUES (7, 'x')");
  EXPECT_EQ(shop_.cache(page), "hit");
  shop_.write("UPDATE products SET price = 0 WHERE asin = 'd'");
  EXPECT_EQ(shop_.cache(page), "fwd=stale; stored; detail=row-changed");
}

TEST_F(Administering, flush_drops_everything) {
  shop_.get("/rest/v1/products");
  EXPECT_EQ(shop_.cache("/rest/v1/products"), "hit");
  EXPECT_THAT(ask("/admin/v1/cache").body, HasSubstr(R"("entries":1)"));
  EXPECT_THAT(ask("/admin/v1/cache/flush", "POST").body, HasSubstr(R"("entries":0)"));
  EXPECT_EQ(shop_.cache("/rest/v1/products"), "fwd=miss; stored");
}

TEST_F(Administering, a_change_of_the_schema_is_followed_again_when_it_is_over) {
  const std::string page = "/rest/v1/products?select=asin&order=price&limit=1";
  shop_.get(page);
  shop_.write("ALTER TABLE products ADD COLUMN colour TEXT");
  EXPECT_NE(shop_.cache(page), "hit");
  shop_.get(page);
  shop_.write("UPDATE products SET colour = 'red'");
  EXPECT_EQ(shop_.cache(page), "hit");
  shop_.write("UPDATE products SET price = 0 WHERE asin = 'd'");
  EXPECT_EQ(shop_.cache(page), "fwd=stale; stored; detail=row-changed");
}

TEST_F(Administering, counts_by_table_what_was_dropped_and_whether_for_something) {
  const std::string page = "/rest/v1/products?select=price&asin=eq.a";
  shop_.get(page);
  shop_.write("UPDATE products SET price = 9 WHERE asin = 'a'");
  shop_.get(page);
  shop_.write("UPDATE products SET price = 8 WHERE asin = 'a'; UPDATE products SET price = 9 WHERE asin = 'a'");
  shop_.get(page);
  const auto metrics = shop_.get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("aljibe_cache_dropped_total{table=\"products\",effect=\"yes\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("aljibe_cache_refills_total{body=\"changed\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("aljibe_cache_refills_total{body=\"same\"} 1\n"));
}

TEST_F(Administering, refuses_pages_and_what_is_not_there) {
  EXPECT_EQ(ask("/admin/v1/cache", "GET", "Host: shop.example\r\n").status, 401);
  EXPECT_EQ(ask("/admin/v1/cache/flush", "POST", "Host: 127.0.0.1\r\nOrigin: https://shop.example\r\n").status, 401);
  EXPECT_EQ(ask("/admin/v1/cache", "GET", "Host: [::1]:8081\r\n").status, 200);
  EXPECT_EQ(ask("/admin/v1/cache", "GET", "Host: localhost:8081\r\n").status, 200);
  EXPECT_EQ(ask("/admin/v1/nothing").status, 404);
  EXPECT_EQ(ask("/admin/v1/cache/flush").status, 405);
  EXPECT_EQ(ask("/admin/v1/cache", "DELETE").status, 405);
  EXPECT_EQ(ask("/admin/v1/cache/explain").status, 400);
  EXPECT_EQ(ask("/admin/v1/cache/explain?url=%2Frest%2Fv1%2Fnonesuch").status, 404);
  EXPECT_EQ(ask("/admin/v1/cache/explain?url=%2Frest%2Fv1%2Fproducts%3Fprice=what.1").status, 400);
}

}  // namespace
}  // namespace aljibe::serve
