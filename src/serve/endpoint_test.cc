#include "serve/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;

Endpoint made(std::string_view name, std::string_view query) { return *Endpoint::make(name, query, ""); }
std::string refused(std::string_view name, std::string_view query) {
  const auto endpoint = Endpoint::make(name, query, "");
  return endpoint ? "taken" : std::string(endpoint.error().message());
}

TEST(Endpoint, a_path_stands_for_a_query) {
  const auto endpoint = made("GET /products/category/{id}", "products?category_id=eq.{id}&order=asin&limit=20");
  EXPECT_EQ(endpoint.table(), "products");
  EXPECT_EQ(endpoint.match("/products/category/7"), "category_id=eq.7&order=asin&limit=20");
  EXPECT_EQ(endpoint.match("/products/category/"), std::nullopt);
  EXPECT_EQ(endpoint.match("/products/category/7/x"), std::nullopt);
  EXPECT_EQ(endpoint.match("/Products/category/7"), std::nullopt);
  EXPECT_EQ(endpoint.match("/products/category/%ff"), std::nullopt);
  EXPECT_EQ(made("GET /all", "products").match("/all"), "");
  EXPECT_EQ(made("GET /top/{n}", "products?order=price.desc&limit={n}").match("/top/3"), "order=price.desc&limit=3");
}

TEST(Endpoint, a_value_from_the_path_is_never_more_than_an_operand) {
  EXPECT_EQ(made("GET /p/{id}", "products?asin=eq.{id}").match("/p/a%26limit=1"), "asin=eq.a%26limit%3D1");
  EXPECT_EQ(made("GET /p/{id}", "products?asin=in.({id},x)").match("/p/a,b)"), "asin=in.(%22a%2Cb%29%22,x)");
  EXPECT_EQ(made("GET /p/{id}", "products?or=(asin.eq.{id},price.lt.1)").match("/p/%22"), "or=(asin.eq.%22%5C%22%22,price.lt.1)");
}

TEST(Endpoint, what_cannot_work_is_refused_when_it_is_configured) {
  EXPECT_THAT(refused("POST /p", "products"), HasSubstr("GET and a path"));
  EXPECT_THAT(refused("GET p", "products"), HasSubstr("begins with /"));
  EXPECT_THAT(refused("GET /rest/v1/p", "products"), HasSubstr("does not serve itself"));
  EXPECT_THAT(refused("GET /p/{id}", "products"), HasSubstr("uses every parameter"));
  EXPECT_THAT(refused("GET /p", "products?asin=eq.{id}"), HasSubstr("stand in the path"));
  EXPECT_THAT(refused("GET /p/{a}/{a}", "products?asin=eq.{a}"), HasSubstr("once"));
  EXPECT_THAT(refused("GET /p/{a}", "products?select={a}"), HasSubstr("only as values"));
  EXPECT_THAT(refused("GET /p/{a}", "?asin=eq.{a}"), HasSubstr("a table and its query"));
  EXPECT_THAT(refused("GET /p//x", "products"), HasSubstr("plain segments"));
}

TEST(Endpoint, is_served_through_the_cache_under_the_rules_of_its_table) {
  Rules rules;
  rules.endpoints.push_back(made("GET /products/category/{id}", "products?category_id=eq.{id}&select=asin&order=asin"));
  const testing::Shop shop({}, rules);
  EXPECT_EQ(shop.get("/products/category/1").body, R"([{"asin":"a"},{"asin":"b"}])");
  EXPECT_EQ(shop.get("/products/category/1?price=gt.1.7&limit=1&order=asin.desc").body, R"([{"asin":"b"}])");
  EXPECT_EQ(shop.cache("/products/category/1"), "hit");
  shop.write("UPDATE products SET category_id = 2 WHERE asin = 'a'");
  EXPECT_EQ(shop.get("/products/category/1").body, R"([{"asin":"b"}])");
  EXPECT_EQ(shop.get("/products/category/x").status, 400);
  EXPECT_EQ(shop.get("/products/category/1", {}, "DELETE").status, 405);
  EXPECT_EQ(shop.get("/products/category").status, 404);
}

}  // namespace
}  // namespace aljibe::serve
