#include "format/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/fit.h"

namespace aljibe::format {
namespace {

using ::testing::ElementsAre;

const Limits limits;

/// Cells as one text a row: absent is -, null ~.
std::vector<std::string> rows_of(const Body& body) {
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < body.rows_count; ++row) {
    std::string text;
    for (std::size_t i = 0; i < body.names.size(); ++i) {
      const auto& cell = body.row(row)[i];
      if (i > 0) text += ' ';
      text += cell.kind == JsonKind::absent ? "-" : cell.kind == JsonKind::null ? "~" : std::string(cell.text);
    }
    rows.push_back(text);
  }
  return rows;
}

TEST(Body, members_become_cells_by_name) {
  const auto body = read_json_body(R"( [{"a":1,"b":"x\ty"},{"b":null,"a":1.50}] )", {}, Uneven::refused, limits);
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->is_list);
  EXPECT_THAT(body->names, ElementsAre("a", "b"));
  EXPECT_THAT(rows_of(*body), ElementsAre("1 x\ty", "1.50 ~"));
  const auto one = read_json_body(R"({"a":{"b":[1, 2]},"a":true})", {}, Uneven::refused, limits);
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->is_list);
  EXPECT_THAT(rows_of(*one), ElementsAre("true"));  // the later member counts
}

TEST(Body, uneven_rows_are_refused_filled_or_cut) {
  constexpr std::string_view text = R"([{"a":1},{"b":2,"a":3},{"c":4}])";
  EXPECT_EQ(read_json_body(text, {}, Uneven::refused, limits).error().code(), Code::body_invalid);
  EXPECT_EQ(read_json_body(R"([{"a":1,"b":2},{"a":3}])", {}, Uneven::refused, limits).error().message(), "All object keys must match");
  EXPECT_EQ(read_json_body(R"([{"a":1,"b":2},{"a":3}]])", {}, Uneven::allowed, limits).error().code(), Code::body_invalid);
  const auto wide = read_json_body(text, {}, Uneven::allowed, limits);
  ASSERT_TRUE(wide);
  EXPECT_THAT(rows_of(*wide), ElementsAre("1 - -", "3 2 -", "- - 4"));
  const auto cut = read_json_body(text, {"b", "c"}, Uneven::refused, limits);
  ASSERT_TRUE(cut);
  EXPECT_THAT(rows_of(*cut), ElementsAre("- -", "2 -", "- 4"));
}

TEST(Body, more_names_than_the_limit_are_refused) {
  Limits few;
  few.columns_max = 2;
  EXPECT_TRUE(read_json_body(R"({"a":1,"b":2})", {}, Uneven::refused, few));
  EXPECT_EQ(read_json_body(R"({"a":1,"b":2,"c":3})", {}, Uneven::refused, few).error().code(), Code::body_invalid);
}

TEST(Fit, a_value_becomes_what_its_column_declares) {
  Arena arena;
  const auto fitted = [&](JsonKind kind, std::string_view text, model::Type type) { return fit({kind, text}, {.name = "c", .type = type}, arena); };
  constexpr model::Type price{model::Kind::decimal, 7, 2};
  EXPECT_EQ(fitted(JsonKind::number, "19.995", price)->integer, 2000);
  EXPECT_EQ(fitted(JsonKind::text, "+1e2", price)->integer, 10000);
  EXPECT_EQ(fitted(JsonKind::number, "99999.994", price)->integer, 9999999);
  EXPECT_EQ(fitted(JsonKind::number, "99999.995", price).error().code(), Code::value_overflows);
  EXPECT_EQ(fitted(JsonKind::number, "1e400", {model::Kind::real}).error().code(), Code::value_overflows);
  EXPECT_EQ(fitted(JsonKind::text, "x", {model::Kind::json})->view(), "\"x\"");
  EXPECT_EQ(fitted(JsonKind::nested, "[1]", {model::Kind::text})->view(), "[1]");
  EXPECT_EQ(fitted(JsonKind::number, "1.50", {model::Kind::text})->view(), "1.50");
  EXPECT_TRUE(fitted(JsonKind::null, "", {model::Kind::integer})->is_null());
  EXPECT_EQ(fitted(JsonKind::boolean, "true", {model::Kind::boolean})->integer, 1);
  EXPECT_EQ(fitted(JsonKind::text, "", {model::Kind::integer}).error().code(), Code::value_invalid);
}

}  // namespace
}  // namespace aljibe::format
