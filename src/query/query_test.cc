#include "query/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aljibe::query {
namespace {

using ::testing::HasSubstr;

const Limits limits;

std::string canon(std::string_view encoded) {
  auto query = parse(encoded, limits);
  if (!query) return std::string(wire(query.error().code())) + " " + std::string(query.error().message());
  return canonical(*query);
}

std::shared_ptr<const model::Catalogue> shop() {
  model::Table products{.name = "products"};
  products.columns = {{.name = "asin", .type = {model::Kind::text}, .nullable = false},
                      {.name = "price", .type = {model::Kind::decimal, 7, 2}},
                      {.name = "stars", .type = {model::Kind::real}},
                      {.name = "reviews", .type = {model::Kind::integer}},
                      {.name = "isBestSeller", .type = {model::Kind::boolean}},
                      {.name = "added", .type = {model::Kind::date}}};
  products.primary_key = {0};
  return std::make_shared<model::Catalogue>(model::Catalogue{.tables = {products}});
}

Result<Plan> plan(std::string_view encoded, std::string_view table = "products") {
  auto query = ALJ_TRY(parse(encoded, limits));
  return make_plan(query, table, shop(), limits);
}

TEST(Canonical, equal_meaning_gives_equal_text) {
  const auto expected = canon("price=lt.10&stars=gte.4.5&limit=3&order=price.desc");
  EXPECT_EQ(canon("limit=3&order=price.desc&stars=gte.4%2E5&price=lt.10"), expected);
  EXPECT_EQ(canon("order=price.desc.nullsfirst&price=lt.10&stars=gte.4.5&limit=3&offset=0&select=*"), expected);
  EXPECT_EQ(canon("price=lt.10&price=lt.10&&stars=gte.4.5&limit=9&limit=3&order=price.desc"), expected);
  EXPECT_EQ(canon("asin=in.(b,\"a\",b)"), canon("asin=in.(a,b)"));
  EXPECT_EQ(canon("or=(price.lt.1,stars.eq.5)"), canon("or=(stars.eq.5, price.lt.1)"));
  EXPECT_EQ(canon("title=like.A*"), canon("title=like.A%25"));
  EXPECT_EQ(canon("stars=is.NULL"), canon("stars=is.null"));
}

TEST(Canonical, different_meaning_gives_different_text) {
  EXPECT_NE(canon("asin=eq.a%26limit%3D1"), canon("asin=eq.a&limit=1"));
  EXPECT_NE(canon("asin=in.(\"a,b\")"), canon("asin=in.(a,b)"));
  EXPECT_NE(canon("asin=eq.%22a%22"), canon("asin=eq.a"));
  EXPECT_NE(canon("order=price.desc"), canon("order=price.asc"));
  EXPECT_NE(canon("not.or=(a.eq.1)"), canon("or=(a.eq.1)"));
  EXPECT_NE(canon("a=eq(any).{1,2}"), canon("a=eq(all).{1,2}"));
  EXPECT_NE(canon("select=price"), canon("select=p:price"));
  EXPECT_NE(canon("select=price"), canon("select=price::text"));
}

TEST(Canonical, reading_it_again_gives_the_same) {
  for (const auto* url : {"price=lt.10&or=(a.eq.1,not.and(b.gt.2,c.is.null))&select=x:a,b::text,*", "a=in.()", "a=eq.1+2%2B3", "a=like(any).{x*,\"y,z\"}",
                          "and=(\"odd name\".eq.\"a\\\"b\\\\c,)\")", "order=a.desc.nullslast,b&after=abc", "limit=0&offset=7", "%22limit%22=eq.3",
                          "title=not.ilike.*ü*", "select=x:a->b->-1->>\"7\",c->>\"d e\"::text&a->>b=eq.1&or=(a->b.gt.2,c.is.null)&order=a->>0.desc", "and=(limit.eq.3)"}) {
    const auto once = canon(url);
    EXPECT_EQ(canon(once), once) << url;
    EXPECT_FALSE(once.starts_with("PGRST")) << once;
  }
}

TEST(Parse, refuses_what_is_broken_and_says_where) {
  for (const auto* url : {"price=lt", "price=10", "price=foo.10", "or=(a.eq.1", "or=a.eq.1", "or=()", "a=in.1", "a=in.(1,2", "a=is.nul", "order=a.up", "limit=x",
                          "a=eq.%zz", "a=eq.%C3", "a=eq.%00", "=eq.1", "select=a,,b", "a=in(any).{1}", "a=eq(some).{1}", "select=a::", "and=(a.eq.1)x"}) {
    auto query = parse(url, limits);
    ASSERT_FALSE(query) << url;
    EXPECT_EQ(query.error().code(), Code::query_syntax) << url;
  }
  const auto query = parse("price=lt.10&stars=above.4", limits);
  EXPECT_EQ(query.error().message(), "\"failed to parse filter (above.4)\" (line 1, column 1)");
  EXPECT_THAT(std::string(query.error().details()), HasSubstr("operator (eq, gt, ...)"));
  EXPECT_EQ(parse("limit=-1", limits).error().code(), Code::range_unsatisfiable);
  EXPECT_EQ(parse("select=a,categories(name)", limits).error().code(), Code::relationship_unknown);
  EXPECT_EQ(parse("order=categories(name)", limits).error().code(), Code::relationship_unknown);
  EXPECT_EQ(parse("select=count()", limits).error().code(), Code::aggregates_disabled);
  EXPECT_EQ(parse("select=total:price.sum(),asin", limits).error().code(), Code::aggregates_disabled);
  for (const auto* url : {"select=a->", "select=a->>b->c", "a->=eq.1", "select=x->y:a"}) EXPECT_EQ(parse(url, limits).error().code(), Code::query_syntax) << url;
}

TEST(Parse, is_bounded) {
  std::string deep = "and=";
  for (int i = 0; i < 1000; ++i) deep += "(and";
  EXPECT_EQ(parse(deep, limits).error().code(), Code::query_syntax);
  std::string wide = "a=in.(1";
  for (int i = 0; i < 20'000; ++i) wide += ",1";
  EXPECT_EQ(parse(wide + ")", limits).error().code(), Code::query_syntax);
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "a=eq.1&";
  EXPECT_EQ(parse(many, limits).error().code(), Code::query_syntax);
  EXPECT_EQ(parse("a=" + std::string(100'000, '('), limits).error().code(), Code::query_syntax);
}

TEST(MakePlan, resolves_names_and_completes_the_order) {
  const auto made = plan("select=p:price,asin&price=lt.10&order=stars.desc&limit=5");
  ASSERT_TRUE(made) << made.error().message();
  ASSERT_EQ(made->outputs.size(), 2U);
  EXPECT_EQ(made->outputs[0].name, "p");
  EXPECT_EQ(made->outputs[0].column, 1U);
  ASSERT_EQ(made->order.size(), 2U);
  EXPECT_EQ(made->order[0].nulls, Nulls::first);
  EXPECT_EQ(made->order[1].column, 0U);
  EXPECT_EQ(made->limit, 5U);
  EXPECT_EQ(plan("")->limit, limits.rows_max);
}

TEST(MakePlan, says_what_was_probably_meant) {
  auto made = plan("prise=lt.10");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Code::column_unknown);
  EXPECT_EQ(made.error().message(), "Column 'prise' does not exist in products");
  EXPECT_EQ(made.error().hint(), "Did you mean 'price'?");
  made = plan("", "product");
  EXPECT_EQ(made.error().code(), Code::table_unknown);
  EXPECT_EQ(made.error().hint(), "Did you mean 'products'?");
}

TEST(MakePlan, a_value_must_fit_its_column) {
  for (const auto* url : {"reviews=eq.abc", "reviews=gt.1.5", "reviews=eq.99999999999999999999", "price=eq.1,5", "price=lt.nan", "stars=eq.", "isBestSeller=eq.maybe",
                          "added=gt.tomorrow", "added=eq.2024-13-01", "reviews=in.(1,x)", "or=(reviews.eq.x,stars.eq.1)"}) {
    const auto made = plan(url);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code(), Code::value_invalid) << url;
  }
  for (const auto* url : {"reviews=eq.-12", "price=eq.1e2", "isBestSeller=eq.TRUE", "added=gte.2024-02-29", "reviews=like.1*", "reviews=is.null", "reviews=in.()"}) {
    EXPECT_TRUE(plan(url)) << url;
  }
}

TEST(Cursor, what_is_encoded_is_decoded_and_nothing_else) {
  using Tag = CursorValue::Tag;
  const std::vector<CursorValue> values{{Tag::null, ""}, {Tag::integer, "-5"}, {Tag::real, "1.5e10"}, {Tag::text, "a:b\0c ü"}, {Tag::blob, "\xFF"}};
  const auto cursor = encode_cursor(values);
  EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
  EXPECT_EQ(decode_cursor(cursor), values);
  EXPECT_FALSE(decode_cursor("!"));
  EXPECT_FALSE(decode_cursor(encode_cursor({{Tag::integer, "x"}})));
  EXPECT_FALSE(decode_cursor(cursor.substr(0, cursor.size() - 2)));
  EXPECT_EQ(plan("after=zzz").error().code(), Code::query_syntax);
}

}  // namespace
}  // namespace aljibe::query
