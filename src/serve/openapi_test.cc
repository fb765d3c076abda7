#include "serve/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "serve/assets.h"

namespace aljibe::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

model::Catalogue shop() {
  model::Table products{.name = "products"};
  products.columns = {{.name = "asin", .type = {model::Kind::text}, .nullable = false},
                      {.name = "price", .type = {model::Kind::decimal, 7, 2}},
                      {.name = "category \"id\"", .type = {model::Kind::integer}, .comment = "Where it stands."}};
  products.primary_key = {0};
  products.foreign_keys = {{.columns = {"category \"id\""}, .table = "categories", .target_columns = {"id"}}};
  return {.tables = {products}, .schema_version = 1};
}

/// Brackets close in order and every string ends: enough to see that commas and nesting hold together.
bool is_balanced(const std::string& text) {
  std::string open;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (in_string) {
      if (byte == '\\') ++i;
      if (byte == '"') in_string = false;
    } else if (byte == '"') {
      in_string = true;
    } else if (byte == '{' || byte == '[') {
      open += byte == '{' ? '}' : ']';
    } else if (byte == '}' || byte == ']') {
      if (open.empty() || open.back() != byte) return false;
      open.pop_back();
    } else if (byte == ',' && (text[i + 1] == ',' || text[i + 1] == '}' || text[i + 1] == ']')) {
      return false;
    }
  }
  return open.empty() && !in_string;
}

TEST(OpenApi, describes_tables_columns_keys_and_types) {
  const auto text = openapi(shop(), "0.1.0");
  EXPECT_TRUE(is_balanced(text)) << text;
  EXPECT_THAT(text, HasSubstr(R"("openapi":"3.1.0")"));
  EXPECT_THAT(text, HasSubstr(R"("/rest/v1/products":{"get")"));
  EXPECT_THAT(text, HasSubstr(R"("asin":{"description":"text. Primary key.","type":"string"})"));
  EXPECT_THAT(text, HasSubstr(R"("price":{"description":"decimal(7,2).","type":["number","null"]})"));
  EXPECT_THAT(text, HasSubstr(R"("category \"id\"":{"description":"integer. References categories.id. Where it stands.")"));
  EXPECT_THAT(text, HasSubstr(R"("required":["asin"])"));
}

TEST(OpenApi, a_database_without_tables_is_still_described) {
  const auto text = openapi({}, "0.1.0");
  EXPECT_TRUE(is_balanced(text)) << text;
  EXPECT_THAT(text, HasSubstr(R"("paths":{})"));
  EXPECT_THAT(text, Not(HasSubstr("products")));
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
