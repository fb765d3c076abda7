#include "query/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aljibe::query {
namespace {

using ::testing::Contains;
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
                          "and=(\"odd name\".eq.\"a\\\"b\\\\c,)\")", "order=a.desc.nullslast,b&after=abc", "a=like.%zz%", "a=eq.%", "limit=0&offset=7", "%22limit%22=eq.3",
                          "title=not.ilike.*ü*", "select=x:a->b->-1->>\"7\",c->>\"d e\"::text&a->>b=eq.1&or=(a->b.gt.2,c.is.null)&order=a->>0.desc", "and=(limit.eq.3)"}) {
    const auto once = canon(url);
    EXPECT_EQ(canon(once), once) << url;
    EXPECT_FALSE(once.starts_with("PGRST")) << once;
  }
}

TEST(Parse, refuses_what_is_broken_and_says_where) {
  for (const auto* url : {"price=lt", "price=10", "price=foo.10", "or=(a.eq.1", "or=a.eq.1", "or=()", "a=in.1", "a=in.(1,2", "a=is.nul", "order=a.up", "limit=x",
                          "a=eq.%C3", "a=eq.%00", "=eq.1", "select=a,,b", "a=in(any).{1}", "a=eq(some).{1}", "select=a::", "and=(a.eq.1)x"}) {
    auto query = parse(url, limits);
    ASSERT_FALSE(query) << url;
    EXPECT_EQ(query.error().code(), Code::query_syntax) << url;
  }
  const auto query = parse("price=lt.10&stars=above.4", limits);
  EXPECT_EQ(query.error().message(), "\"failed to parse filter (above.4)\" (line 1, column 1)");
  EXPECT_THAT(std::string(query.error().details()), HasSubstr("operator (eq, gt, ...)"));
  EXPECT_EQ(parse("limit=-1", limits).error().code(), Code::range_unsatisfiable);
  for (const auto* url : {"select=a->", "select=a->>b->c", "a->=eq.1", "select=x->y:a", "select=a(", "select=a(b", "select=a(b))", "select=a)", "select=a()b", "select=!inner(b)", "select=...a", "select=...x:a(b)",
                          "select=a!inner", "select=a!x!y(b)", "select=a!inner!left(b)", "select=a!(b)", "select=a.b", "select=a.sum", "select=a.sum(b)", "select=*.sum()", "select=a->b(c)",
                          "select=a(b),a(c)", "select=a(b),x:c(d),x:e()", "order=a(b", "order=a()", "order=(b)", ".a=eq.1", "a..b=eq.1", "select=count()&.limit=1"}) {
    const auto refused = parse(url, limits);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code(), Code::query_syntax) << url;
  }
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

TEST(Parse, parameters_find_their_embed_wherever_they_stand) {
  const auto query = parse("films.actors.name=eq.Ann&films.limit=3&select=id,films!inner(title,x:actors(name))&films.x.order=name.desc&x.films.a=eq.1", limits);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code(), Code::embed_unknown) << "an alias hides the relation's name";
  EXPECT_EQ(query.error().message(), "'actors' is not an embedded resource in this request");
  const auto found = parse("films.x.name=eq.Ann&films.limit=3&select=id,films!inner(title,x:actors(name))&films.x.order=name.desc&films.not.or=(a.eq.1)", limits);
  ASSERT_TRUE(found) << found.error().message();
  const auto& films = found->select[1].embedded[0];
  EXPECT_EQ(films.limit, 3U);
  EXPECT_TRUE(films.filters[0].negated);
  EXPECT_EQ(films.select[1].embedded[0].filters.size(), 1U);
  EXPECT_EQ(films.select[1].embedded[0].order.size(), 1U);
  EXPECT_EQ(parse("a.b=eq.1", limits).error().code(), Code::embed_unknown);
  EXPECT_TRUE(parse("%22a.b%22=eq.1&data->x.y=eq.1", limits)) << "quoted names and keys keep their dots";
}

TEST(Parse, embeds_are_bounded_in_depth_and_number) {
  std::string deep;
  for (std::size_t i = 0; i <= limits.embed_depth_max; ++i) deep += "a(";
  EXPECT_EQ(parse("select=" + deep, limits).error().code(), Code::query_syntax);
  EXPECT_THAT(std::string(parse("select=" + deep, limits).error().message()), HasSubstr("deeper than"));
  std::string wide = "select=a";
  for (std::size_t i = 0; i <= limits.embeds_max; ++i) wide += ",a" + std::to_string(i) + "()";
  EXPECT_EQ(parse(wide, limits).error().code(), Code::query_syntax);
  EXPECT_EQ(parse("select=" + std::string(60'000, '('), limits).error().code(), Code::query_syntax);
  EXPECT_EQ(parse("select=" + std::string(60'000, ')'), limits).error().code(), Code::query_syntax);
  std::string items = "select=a(a";
  for (int i = 0; i < 2'000; ++i) items += ",a";
  EXPECT_EQ(parse(items + ")", limits).error().code(), Code::query_syntax) << "items of embeds count too";
}

TEST(Canonical, holds_all_that_is_asked_of_related_rows) {
  const std::string base = "select=id,films(title)";
  for (const auto* other : {"select=id,films!inner(title)", "select=id,films!fk(title)", "select=id,f:films(title)", "select=id,...films(title)", "select=id,films(title,id)", "select=id,films()",
                            "select=id,films(title)&films.id=eq.1", "select=id,films(title)&films.limit=1", "select=id,films(title)&films.offset=1", "select=id,films(title)&films.order=id", "select=id,films(title)&films.or=(id.eq.1)",
                            "select=id,films(title)&films=is.null", "select=id,films(title)&order=films(id)", "select=id,films(title.max())", "select=id,films(count())", "select=id,films(title)&id=eq.1"}) {
    EXPECT_NE(canon(base), canon(other)) << other;
    EXPECT_EQ(canon(canon(other)), canon(other)) << other;
    EXPECT_FALSE(canon(other).starts_with("PGRST")) << canon(other);
  }
  EXPECT_EQ(canon("films.id=eq.1&films.limit=2&select=id,films!left(title)"), canon("select=id,films(title)&films.limit=2&films.id=eq.1"));
  EXPECT_EQ(canon("select=a.sum()"), canon("select=a.sum()"));
  EXPECT_NE(canon("select=a.sum()"), canon("select=a.sum()::text"));
  EXPECT_NE(canon("select=a::int.sum()"), canon("select=a.sum()::int"));
  EXPECT_NE(canon("select=count()"), canon("select=%22count%22()"));
  for (const auto* url : {"select=%22count%22()", "select=%22a.b%22:%22c(d%22!%22inner%22!inner(%22,%22)&%22a.b%22.x=eq.1", "select=%22not%22(a)&%22not%22.or=(a.eq.1)&%22not%22.not.and=(b.eq.2)", "select=a(b(c(d)))&a.b.c.d=eq.1&a.b.%22limit%22=eq.2",
                          "select=n:count()::text,x:a->b::int.sum()::text,%22limit%22(*)&%22limit%22.limit=1", "select=count(),*"}) {
    EXPECT_EQ(canon(canon(url)), canon(url)) << url;
    EXPECT_FALSE(canon(url).starts_with("PGRST")) << canon(url);
  }
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
  for (const auto* url : {"reviews=eq.abc", "reviews=gt.1.5", "price=eq.1,5", "price=lt.nan", "stars=eq.", "isBestSeller=eq.maybe",
                          "reviews=in.(1,x)", "or=(reviews.eq.x,stars.eq.1)"}) {
    const auto made = plan(url);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code(), Code::value_invalid) << url;
  }
  EXPECT_EQ(plan("reviews=eq.99999999999999999999").error().code(), Code::value_overflows);
  for (const auto* word : {"tomorrow", "", "24-01-01", "2024-1-1"}) EXPECT_EQ(plan("added=gt." + std::string(word)).error().code(), Code::time_invalid) << word;
  for (const auto* day : {"2024-13-01", "2024-02-30", "2023-02-29", "2024-00-10", "2024-04-31", "0000-01-01"}) {
    EXPECT_EQ(plan("added=eq." + std::string(day)).error().code(), Code::time_out_of_range) << day;
  }
  for (const auto* url : {"reviews=eq.-12", "price=eq.1e2", "isBestSeller=eq.TRUE", "added=gte.2024-02-29", "reviews=like.1*", "reviews=is.null", "reviews=in.()"}) {
    EXPECT_TRUE(plan(url)) << url;
  }
}

TEST(MakePlan, only_truths_are_true_or_false) {
  EXPECT_TRUE(plan("isBestSeller=is.true"));
  const auto made = plan("reviews=not.is.true");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Code::type_mismatch);
  EXPECT_EQ(made.error().message(), "argument of IS TRUE must be type boolean, not type bigint");
  EXPECT_EQ(plan("asin->a=is.unknown").error().message(), "argument of IS UNKNOWN must be type boolean, not type jsonb");
}

TEST(MakePlan, casts_name_types_that_there_are) {
  EXPECT_EQ(plan("select=price::Double Precision")->outputs[0].cast->kind, model::Kind::real);
  EXPECT_EQ(plan("select=price::uuid")->outputs[0].cast->kind, model::Kind::text);
  const auto query = parse("select=price::monney", Limits());
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code(), Code::type_unknown);
  EXPECT_EQ(query.error().message(), "type \"monney\" does not exist");
}

/// People and what they belong to, twice and through one another.
std::shared_ptr<const model::Catalogue> club() {
  const auto column = [](std::string name) { return model::Column{.name = std::move(name), .type = {model::Kind::integer}, .nullable = false}; };
  model::Table clubs{.name = "clubs", .columns = {column("id"), column("chair_id")}, .primary_key = {0}};
  clubs.foreign_keys = {{.name = "chair", .columns = {"chair_id"}, .table = "people", .target_columns = {"id"}}};
  model::Table members{.name = "members", .columns = {column("club_id"), column("person_id")}, .primary_key = {0, 1}};
  members.foreign_keys = {{.name = "in_club", .columns = {"club_id"}, .table = "clubs", .target_columns = {"id"}}, {.name = "is_person", .columns = {"person_id"}, .table = "people", .target_columns = {"id"}}};
  model::Table passports{.name = "passports", .columns = {column("id"), column("owner"), column("nothing")}, .primary_key = {0}, .unique_keys = {{1}}};
  passports.foreign_keys = {{.name = "of_person", .columns = {"owner"}, .table = "people", .target_columns = {"id"}}, {.name = "loose", .columns = {"nothing"}, .table = "clubs", .target_columns = {"chair_id"}}};
  model::Table people{.name = "people", .columns = {column("id"), column("boss_id"), column("club_id")}, .primary_key = {0}};
  people.foreign_keys = {{.name = "boss", .columns = {"boss_id"}, .table = "people", .target_columns = {"id"}}, {.name = "home", .columns = {"club_id"}, .table = "clubs", .target_columns = {"id"}}};
  return std::make_shared<model::Catalogue>(model::Catalogue{.tables = {clubs, members, passports, people}});
}

TEST(Relationships, are_found_by_table_constraint_column_and_hint) {
  using Cardinality = Relationship::Cardinality;
  const auto find = [](std::string_view select, std::string_view table) -> Result<Relationship> {
    const auto query = ALJ_TRY(parse("select=" + std::string(select), limits));
    auto made = ALJ_TRY(make_plan(query, table, club(), limits));
    return std::move(made.embeds[0].relationship);
  };
  const auto check = [&](std::string_view select, std::string_view table, Cardinality cardinality, std::string_view name) {
    const auto found = find(select, table);
    ASSERT_TRUE(found) << select << ": " << found.error().message() << " " << found.error().hint();
    EXPECT_EQ(found->cardinality, cardinality) << select;
    EXPECT_EQ(found->name, name) << select;
  };
  check("passports(*)", "people", Cardinality::to_one, "of_person");
  check("people(*)", "passports", Cardinality::to_one, "of_person");
  check("members(*)", "people", Cardinality::to_many, "is_person");
  check("is_person(*)", "people", Cardinality::to_many, "is_person");
  check("boss:boss_id(*)", "people", Cardinality::to_one, "boss");
  check("people(*)", "people", Cardinality::to_many, "boss");
  check("home(*)", "people", Cardinality::to_one, "home");
  check("clubs!club_id(*)", "people", Cardinality::to_one, "home");
  check("clubs!chair(*)", "people", Cardinality::to_many, "chair");
  check("clubs!members(*)", "people", Cardinality::many_to_many, "is_person, in_club");
  EXPECT_EQ(find("clubs(*)", "passports").error().code(), Code::relationship_unknown) << "a key that points to no key";
  const auto ambiguous = find("clubs(*)", "people");
  ASSERT_FALSE(ambiguous);
  EXPECT_EQ(ambiguous.error().code(), Code::relationship_ambiguous);
  EXPECT_EQ(ambiguous.error().message(), "Could not embed because more than one relationship was found for 'people' and 'clubs'");
  EXPECT_EQ(ambiguous.error().hint(), "Try changing 'clubs' to one of the following: 'clubs!home', 'clubs!chair', 'clubs!members'. Find the desired relationship in the 'details' key.");
  const Facts through{{"cardinality", "many-to-many"}, {"embedding", "people with clubs"}, {"relationship", "members using is_person(person_id) and in_club(club_id)"}};
  EXPECT_THAT(ambiguous.error().facts(), Contains(through));
  const Facts direct{{"cardinality", "one-to-many"}, {"embedding", "people with clubs"}, {"relationship", "chair using people(id) and clubs(chair_id)"}};
  EXPECT_THAT(ambiguous.error().facts(), Contains(direct));
  const auto unknown = find("passport(*)", "people");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Code::relationship_unknown);
  EXPECT_EQ(unknown.error().message(), "Could not find a relationship between 'people' and 'passport' in the schema cache");
  EXPECT_EQ(unknown.error().hint(), "Did you mean 'passports'?");
}

TEST(MakePlan, related_orders_and_aggregates_are_checked) {
  const auto code = [](std::string_view url, Aggregates aggregates = Aggregates::allowed) {
    const auto query = parse(url, limits);
    if (!query) return query.error().code();
    const auto made = make_plan(*query, "people", club(), {limits, aggregates});
    return made ? Code::internal : made.error().code();
  };
  EXPECT_EQ(code("select=members(*)&order=members(club_id)"), Code::order_unrelated);
  EXPECT_EQ(code("select=members(*)&members=eq.1"), Code::embed_filter);
  EXPECT_EQ(code("select=id,members(*)&or=(members.is.true,id.eq.1)"), Code::embed_filter);
  EXPECT_EQ(code("select=home(*)&order=clubs(id)"), Code::embed_unknown);
  EXPECT_EQ(code("select=home(*)&order=home(id)"), Code::internal);
  EXPECT_EQ(code("select=count()", Aggregates::refused), Code::aggregates_disabled);
  EXPECT_EQ(code("select=home(id.max())", Aggregates::refused), Code::aggregates_disabled);
  EXPECT_EQ(code("select=boss_id,count()&order=id"), Code::order_ungrouped);
  EXPECT_EQ(code("select=boss_id,count()&order=boss_id.desc"), Code::internal);
  EXPECT_EQ(code("select=boss_id,count()&after=eA"), Code::query_syntax) << "groups have no cursor";
}

TEST(MakePlan, every_table_of_a_plan_is_named) {
  const auto made = make_plan(*parse("select=clubs!members(people!chair(id)),passports()", limits), "people", club(), limits);
  ASSERT_TRUE(made) << made.error().message();
  std::string names;
  for_each_table(*made, [&](const model::Table& table) { names += table.name + " "; });
  EXPECT_EQ(names, "people members clubs people passports ");
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
