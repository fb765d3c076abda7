#include "serve/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "serve/assets.h"
#include "serve/detail/openapi_codes.h"
#include "serve/testing/shop.h"

namespace aljibe::serve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using testing::Permit;
using testing::open_to_all;

model::Catalogue shop() {
  model::Table categories{.name = "categories"};
  categories.columns = {{.name = "id", .type = {model::Kind::integer}, .nullable = false}, {.name = "name", .type = {model::Kind::text}, .nullable = false}};
  categories.primary_key = {0};
  model::Table products{.name = "products"};
  products.columns = {{.name = "asin", .type = {model::Kind::text}, .nullable = false},
                      {.name = "price", .type = {model::Kind::decimal, 7, 2}},
                      {.name = "category \"id\"", .type = {model::Kind::integer}, .comment = "Where it stands."},
                      {.name = "best", .type = {model::Kind::boolean}, .nullable = false, .has_default = true},
                      {.name = "order", .type = {model::Kind::integer}}};
  products.primary_key = {0};
  products.foreign_keys = {{.columns = {"category \"id\""}, .table = "categories", .target_columns = {"id"}}};
  model::Table view{.name = "cheap ones", .relation = model::Relation::view, .has_rowid = false};
  view.columns = {{.name = "asin", .type = {model::Kind::text}}};
  return {.tables = {categories, view, products}, .schema_version = 1};
}

const Permit all{Deed::read, Deed::insert, Deed::update, Deed::remove};

Rules rules_of(std::initializer_list<std::pair<std::string_view, Permit>> permits) { return {.access = open_to_all(permits)}; }
Rules open_rules() { return rules_of({{"categories", {Deed::read}}, {"products", all}, {"cheap ones", all}}); }

/// A description, read back.
class Document {
 public:
  explicit Document(const std::string& text) : padded_(text) {
    if (parser_.parse(padded_).get(root_) != simdjson::SUCCESS) ADD_FAILURE() << "not JSON: " << text;
  }

  /// The text or JSON at a pointer; "none" when there is nothing.
  std::string at(std::string_view pointer) const {
    simdjson::dom::element found;
    if (root_.at_pointer(pointer).get(found) != simdjson::SUCCESS) return "none";
    std::string_view text;
    return found.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(found);
  }

  std::vector<std::string> names(std::string_view pointer) const {
    std::vector<std::string> names;
    simdjson::dom::object object;
    if (root_.at_pointer(pointer).get(object) != simdjson::SUCCESS) return names;
    for (const auto field : object) names.emplace_back(field.key);
    return names;
  }

  /// The references in "parameters" of an operation, without their common beginning.
  std::vector<std::string> parameters(const std::string& operation) const {
    std::vector<std::string> names;
    simdjson::dom::array array;
    if (root_.at_pointer(operation + "/parameters").get(array) != simdjson::SUCCESS) return names;
    for (const auto parameter : array) {
      std::string_view name;
      if (parameter["$ref"].get(name) != simdjson::SUCCESS && parameter["name"].get(name) != simdjson::SUCCESS) continue;
      names.emplace_back(name.substr(name.rfind('/') + 1));
    }
    return names;
  }

 private:
  simdjson::padded_string padded_;
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

const std::string products = "/paths/~1rest~1v1~1products";

TEST(OpenApi, describes_tables_columns_keys_and_types) {
  const Document api(openapi(shop(), {}, anonymous, "0.1.0"));
  EXPECT_EQ(api.at("/openapi"), "3.1.0");
  EXPECT_EQ(api.at("/components/schemas/products/properties/asin"), R"({"description":"text. Primary key.","type":"string"})");
  EXPECT_EQ(api.at("/components/schemas/products/properties/price"), R"({"description":"decimal(7,2).","type":["number","null"]})");
  EXPECT_THAT(api.at("/components/schemas/products/properties/category \"id\"/description"), HasSubstr("integer. References categories.id. Where it stands."));
  EXPECT_EQ(api.at("/components/schemas/products/required"), R"(["asin","best"])");
  EXPECT_EQ(api.at(products + "/get/responses/200/content/application~1json/schema/items/$ref"), "#/components/schemas/products");
}

TEST(OpenApi, a_database_without_tables_is_still_described) {
  const Document api(openapi({}, {}, anonymous, "0.1.0"));
  EXPECT_EQ(api.at("/paths"), "{}");
  EXPECT_EQ(api.at("/components/schemas"), "{}");
}

TEST(OpenApi, has_the_methods_that_the_caller_may_use_and_no_others) {
  EXPECT_THAT(Document(openapi(shop(), {}, anonymous, "")).names(products), ElementsAre("get"));
  const auto methods = [](Permit permit) { return Document(openapi(shop(), rules_of({{"products", permit}}), anonymous, "")).names(products); };
  EXPECT_THAT(methods(all), ElementsAre("get", "post", "put", "patch", "delete"));
  EXPECT_THAT(methods({Deed::insert}), ElementsAre("post"));
  EXPECT_THAT(methods({Deed::read, Deed::update}), ElementsAre("get", "patch"));
  EXPECT_THAT(methods({Deed::read, Deed::remove}), ElementsAre("get", "delete"));
  EXPECT_THAT(methods({}), IsEmpty());
  EXPECT_THAT(Document(openapi(shop(), open_rules(), anonymous, "")).names("/paths/~1rest~1v1~1cheap%20ones"), ElementsAre("get"));
}

TEST(OpenApi, what_may_not_be_read_is_not_hinted_at) {
  const auto text = openapi(shop(), rules_of({{"products", all}}), anonymous, "");
  EXPECT_THAT(text, Not(HasSubstr("categories")));
  EXPECT_THAT(text, Not(HasSubstr("cheap")));
}

TEST(OpenApi, tells_what_can_be_embedded) {
  const Document api(openapi(shop(), open_rules(), anonymous, ""));
  EXPECT_THAT(api.at("/tags/0/description"), HasSubstr("- `products(…)`: the rows of products whose `category \"id\"` points here"));
  EXPECT_THAT(api.at("/tags/2/description"), HasSubstr("- `categories(…)`: the row of categories for `category \"id\"`, or null"));
}

TEST(OpenApi, an_operation_has_the_parameters_that_mean_something_to_it) {
  const Document api(openapi(shop(), open_rules(), anonymous, ""));
  const auto read = api.parameters(products + "/get");
  for (const auto* name : {"products.where.price", "select", "order", "limit", "offset", "after", "and", "or", "range", "if_none_match", "prefer.read"}) EXPECT_THAT(read, Contains(name));
  EXPECT_THAT(read, Not(Contains("idempotency_key")));
  EXPECT_THAT(api.parameters(products + "/post"), ElementsAre("select", "order", "columns", "on_conflict", "idempotency_key", "prefer.insert"));
  EXPECT_THAT(api.parameters(products + "/put"), ElementsAre("products.where.asin", "select", "columns", "if_match", "prefer.put"));
  EXPECT_THAT(api.parameters(products + "/delete"), Not(Contains("columns")));
  EXPECT_EQ(api.at("/components/parameters/products.where.order/name"), "\"order\"") << "the column, not the parameter of that name";
}

TEST(OpenApi, prefer_has_every_value_that_is_heeded) {
  const Document api(openapi(shop(), open_rules(), anonymous, ""));
  const auto words = [&](const std::string& verb) { return api.at("/components/parameters/prefer." + verb + "/schema/items/enum"); };
  EXPECT_EQ(words("read"), R"(["count=exact","count=planned","count=estimated","tx=commit","tx=rollback","handling=strict","handling=lenient"])");
  for (const auto* word : {"resolution=merge-duplicates", "missing=default", "return=headers-only", "tx=rollback"}) EXPECT_THAT(words("insert"), HasSubstr(word));
  EXPECT_EQ(api.at("/components/parameters/prefer.update/schema/items/anyOf/1/pattern"), "^max-affected=[0-9]+$");
}

TEST(OpenApi, a_row_that_is_sent_needs_only_what_nobody_fills_in) {
  const Document api(openapi(shop(), rules_of({{"products", all}, {"categories", all}}), anonymous, ""));
  EXPECT_EQ(api.at("/components/schemas/products.insert/required"), R"(["asin"])");
  EXPECT_EQ(api.at("/components/schemas/categories.insert/required"), R"(["name"])") << "SQLite gives the key";
  EXPECT_EQ(api.at("/components/schemas/products.update/required"), "none");
  EXPECT_THAT(api.names(products + "/post/requestBody/content"), ElementsAre("application/json", "text/csv"));
  EXPECT_EQ(api.at(products + "/patch/requestBody/content/application~1json/schema/oneOf/1/items/$ref"), "#/components/schemas/products.update");
  EXPECT_EQ(api.at(products + "/delete/requestBody"), "none");
}

TEST(OpenApi, every_status_names_the_codes_that_it_may_carry) {
  const Document api(openapi(shop(), open_rules(), anonymous, ""));
  const auto statuses = [&](const std::string& method) { return api.names(products + "/" + method + "/responses"); };
  EXPECT_THAT(statuses("get"), ElementsAre("200", "206", "304", "300", "400", "401", "403", "404", "406", "414", "416", "429", "500", "503", "504"));
  EXPECT_THAT(statuses("post"), ElementsAre("200", "201", "300", "400", "401", "403", "404", "406", "409", "413", "414", "415", "422", "429", "500", "503", "504"));
  EXPECT_THAT(statuses("put"), UnorderedElementsAre("200", "201", "204", "300", "400", "401", "403", "404", "405", "406", "409", "412", "413", "414", "415", "429", "500", "503", "504"));
  const auto codes = [&](const std::string& response) { return api.at("/components/responses/" + response + "/content/application~1json/schema/allOf/1/properties/code/enum"); };
  EXPECT_EQ(codes("read.416"), R"(["PGRST103"])");
  EXPECT_EQ(codes("insert.409"), R"(["23503","23505"])");
  EXPECT_EQ(codes("delete.409"), R"(["23503"])");
  EXPECT_THAT(codes("read.503"), HasSubstr("ALJ110"));
  EXPECT_EQ(api.at("/components/responses/read.503/headers/Retry-After/$ref"), "#/components/headers/Retry-After");
  EXPECT_THAT(api.at("/components/responses/read.416/description"), HasSubstr(meaning(Code::range_unsatisfiable)));
}

TEST(OpenApi, says_how_to_say_who_one_is_where_that_matters) {
  EXPECT_EQ(Document(openapi(shop(), open_rules(), anonymous, "")).at("/security"), "[]");
  const Document api(openapi(shop(), open_rules(), anonymous, "", Tokens::taken));
  EXPECT_EQ(api.at("/security"), R"([{},{"token":[]},{"key":[]}])");
  EXPECT_EQ(api.at("/components/securitySchemes/token/scheme"), "bearer");
}

TEST(OpenApi, holds_what_it_refers_to_and_nothing_else) {
  for (const auto& permit : {Permit{Deed::read}, Permit{Deed::insert}, Permit{Deed::update, Deed::read}, Permit{Deed::remove}, all}) {
    const auto text = openapi(shop(), rules_of({{"products", permit}, {"cheap ones", {Deed::read}}}), anonymous, "");
    const Document api(text);
    std::set<std::string> held;
    for (const auto* section : {"schemas", "parameters", "headers", "responses"}) {
      for (const auto& name : api.names(std::string("/components/") + section)) held.insert(std::string(section) + "/" + name);
    }
    std::set<std::string> used;
    constexpr std::string_view mark = "\"#/components/";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      used.insert(text.substr(begin, text.find('"', begin) - begin));
    }
    EXPECT_EQ(held, used);
  }
}

TEST(OpenApi, a_code_with_a_status_of_its_own_is_met_somewhere) {
  std::set<Code> met;
  for (const auto verb : detail::all_verbs) {
    const auto codes = detail::codes_of(verb);
    met.insert(codes.begin(), codes.end());
    EXPECT_FALSE(std::ranges::find(codes, Code::disk_full) != codes.end()) << "a command's, not the server's";
  }
  const std::set<Code> elsewhere{Code::http_malformed, Code::http_headers_too_large, Code::http_timeout, Code::http_not_supported, Code::http_version_unsupported, Code::http_expectation,
                                 Code::route_unknown, Code::function_unknown, Code::method_unsupported};
  const auto expect = [&](Code code, int status) {
    const bool is_of_sign_in = wire(code) >= "ALJ140" && wire(code) < "ALJ160";
    if (status != 500) EXPECT_NE(met.contains(code), elsewhere.contains(code) || is_of_sign_in) << name(code);
  };
#define ALJ_ERROR(name, wire, status, exit_code, meaning) expect(Code::name, status);
#include "base/error_table.inc"
#undef ALJ_ERROR
  EXPECT_TRUE(met.contains(Code::outcome_unknown));
}

TEST(OpenApi, named_endpoints_have_their_parameters_typed_and_answer_rows) {
  auto rules = rules_of({{"products", {Deed::read}}});
  rules.endpoints.push_back(*Endpoint::make("GET /in/{category}/first/{n}", "products?category \"id\"=eq.{category}&limit={n}", "The first of a category"));
  rules.endpoints.push_back(*Endpoint::make("GET /by/{asin}", "products?asin=eq.{asin}", ""));
  rules.endpoints.push_back(*Endpoint::make("GET /by/{other}", "products?price=eq.{other}", ""));  // never answers
  rules.endpoints.push_back(*Endpoint::make("GET /categories", "categories", ""));                   // may not be read
  const Document api(openapi(shop(), rules, anonymous, ""));
  EXPECT_THAT(api.names("/paths"), ElementsAre("/rest/v1/products", "/in/{category}/first/{n}", "/by/{asin}"));
  const std::string first = "/paths/~1in~1{category}~1first~1{n}/get";
  EXPECT_EQ(api.at(first + "/summary"), "The first of a category");
  EXPECT_EQ(api.at(first + "/operationId"), "endpoint_in_by_category_first_by_n");
  EXPECT_EQ(api.at(first + "/parameters/0/schema"), R"({"type":"integer","format":"int64"})");
  EXPECT_EQ(api.at(first + "/parameters/1/schema/type"), "integer");
  EXPECT_EQ(api.at(first + "/responses/200/content/application~1json/schema/items/$ref"), "#/components/schemas/products");
  EXPECT_EQ(api.at("/paths/~1by~1{asin}/get/parameters/0/schema/type"), "string");
}

TEST(OpenApi, is_served_for_the_rules_of_the_moment) {
  testing::Shop served({}, rules_of({{"products", {Deed::read, Deed::insert}}}));
  EXPECT_THAT(Document(served.get("/openapi.json").body).names(products), ElementsAre("get", "post"));
  served.answers().set_rules(rules_of({{"products", {Deed::read}}}));
  EXPECT_THAT(Document(served.get("/openapi.json").body).names(products), ElementsAre("get"));
}

TEST(Assets, pages_are_in_the_binary_and_ask_for_nothing_from_elsewhere) {
  for (const auto* name : {"index.html", "docs.html"}) {
    const auto page = asset(name);
    ASSERT_FALSE(page.empty()) << name;
    EXPECT_THAT(std::string(page), HasSubstr("openapi.json"));
    EXPECT_THAT(std::string(page), Not(HasSubstr("https://")));
  }
  EXPECT_TRUE(asset("none").empty());
}

}  // namespace
}  // namespace aljibe::serve
