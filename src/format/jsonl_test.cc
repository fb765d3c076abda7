#include "format/jsonl.h"

#include <gtest/gtest.h>

namespace aljibe::format {
namespace {

using Texts = std::vector<std::string>;

/// "a|b" of a line's cells; the fault's code and column when it is refused.
std::string cells(std::string_view line, const Texts& columns = {"a", "b"}) {
  JsonRows rows(std::make_unique<TextRows>(columns.size()), columns);
  Arena arena;
  std::vector<model::Value> values(columns.size());
  const Cell cell{line, false};
  if (const auto fault = rows.make({&cell, 1}, {}, arena, values.data())) return std::string(name(fault->code)) + ":" + fault->column;
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : "|") + std::string(value.view());
  return text;
}

TEST(JsonRows, members_become_cells_by_name) {
  EXPECT_EQ(cells(R"({"a":"x","b":12.50})"), "x|12.50");
  EXPECT_EQ(cells(R"( { "b" : true , "a" : "x\"\u00e9\ud83d\ude8c" } )"), "x\"é🚌|true");
  EXPECT_EQ(cells(R"({"a":-1.5e-3,"b":[1,{"c":"d"}]})"), "-1.5e-3|[1,{\"c\":\"d\"}]");
  EXPECT_EQ(cells(R"({"a":12345678901234567890123,"b":{}})"), "12345678901234567890123|{}");
  EXPECT_EQ(cells(R"({"a":"1","a":"2","b":"z"})"), "2|z");
}

TEST(JsonRows, null_and_missing_are_nothing_and_an_empty_text_is_a_text) {
  JsonRows rows(std::make_unique<TypedRows>(std::vector<TypedColumn>{{"a", {}}, {"b", {}}, {"c", {}}}), {"a", "b", "c"});
  Arena arena;
  std::array<model::Value, 3> values;
  const Cell cell{R"({"a":null,"c":""})", false};
  ASSERT_FALSE(rows.make({&cell, 1}, {}, arena, values.data()));
  EXPECT_TRUE(values[0].is_null());
  EXPECT_TRUE(values[1].is_null());
  EXPECT_FALSE(values[2].is_null());
}

TEST(JsonRows, what_is_no_object_is_refused_with_json_invalid) {
  EXPECT_EQ(name(Code::json_invalid), "json_invalid");
  for (const auto* line : {"", "[]", "1", "{", R"({"a":1)", R"({"a":1}})", R"({"a":1} {"a":2})", R"({"a":01})", R"({"a":.5})", R"({"a":1.})", R"({"a":nul})",
                           R"({"a":tru})", R"({"a":NaN})", R"({"a":"x)", R"({"a":[1,})", R"({"a":[1 2]})", R"({a:1})", R"({"a":"\x"})", R"({"a":1,})", R"({"a" 1})"}) {
    EXPECT_EQ(cells(line), "json_invalid:") << line;
  }
}

TEST(JsonRows, a_member_that_is_no_column_is_not_lost_silently) { EXPECT_EQ(cells(R"({"a":1,"z":2})"), "row_long:z"); }

TEST(JsonColumns, are_all_keys_of_the_first_part_in_order) {
  EXPECT_EQ(json_columns("{\"b\":1}\nnonsense\n\n{\"a\":1,\"b\":2}\n{\"c\":1,\"d"), (Texts{"b", "a"}));
  EXPECT_EQ(json_columns(""), Texts{});
}

}  // namespace
}  // namespace aljibe::format
