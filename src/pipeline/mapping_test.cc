#include "pipeline/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aljibe::pipeline {
namespace {

using ::testing::HasSubstr;

/// One record of columns a (integer), b (text), mapped by rules.
class Mapped : public ::testing::Test {
 protected:
  model::ColumnRule& rule(std::string name) {
    load_.columns.emplace_back().name = std::move(name);
    return load_.columns.back();
  }

  Result<std::shared_ptr<const Mapping>> mapping() const { return Mapping::of(load_, source_, {"shop.csv", "20261124-1"}, references_); }

  /// The values as a person would write them, or the reject's code and column.
  std::string map(std::string_view a, std::string_view b, bool is_quoted = false) {
    const auto made = mapping();
    if (!made) return std::string(made.error().message());
    const auto maker = (*made)->rows();
    std::vector<model::Value> row(maker->columns_count());
    const std::vector<format::Cell> cells{{a, false}, {b, is_quoted}};
    format::Arena arena;
    if (const auto fault = maker->make(cells, {.record = 7, .line = 8, .byte_from = 0, .byte_to = 1}, arena, row.data())) {
      return std::string(name(fault->code)) + " " + fault->column;
    }
    std::string text;
    for (const auto& value : row) text += (text.empty() ? "" : "|") + shown(value);
    return text;
  }

  static std::string shown(const model::Value& value) {
    if (value.is_null()) return "null";
    if (value.tag == model::Value::Tag::text) return std::string(value.view());
    return std::to_string(value.integer);
  }

  model::Load load_{.source = "shop.csv", .table = "t"};
  std::vector<SourceColumn> source_{{"a", {model::Kind::integer, 0, 0}}, {"b", {model::Kind::text, 0, 0}}};
  References references_;
};

TEST_F(Mapped, WithoutRulesColumnsStayAsTheyAre) {
  EXPECT_EQ(map("1", "x"), "1|x");
  EXPECT_EQ(map("", ""), "null|null");
  EXPECT_EQ(map("1", "", true), "1|");
  EXPECT_EQ(map("x", "y"), "value_not_integer a");
}

TEST_F(Mapped, RenameDropAndCast) {
  rule("a").drop = true;
  auto& b = rule("b");
  b.rename = "price";
  b.type = model::Type{model::Kind::decimal, 7, 2};
  EXPECT_EQ(map("1", "11.99"), "1199");
  EXPECT_EQ((*mapping())->table().columns.at(0).name, "price");
}

TEST_F(Mapped, TrimNullIfAndRequired) {
  auto& b = rule("b");
  b.trim = true;
  b.null_if = {"NULL", "n/a"};
  EXPECT_EQ(map("1", "  x "), "1|x");
  EXPECT_EQ(map("1", " NULL "), "1|null");
  b.required = true;
  EXPECT_EQ(map("1", "n/a"), "value_missing b");
}

TEST_F(Mapped, BooleanWords) {
  auto& b = rule("b");
  b.type = model::Type{model::Kind::boolean, 0, 0};
  b.true_words = {"ja"};
  b.false_words = {"nein"};
  EXPECT_EQ(map("1", "Ja"), "1|1");
  EXPECT_EQ(map("1", "nein"), "1|0");
  EXPECT_EQ(map("1", "yes"), "value_not_boolean b");
}

TEST_F(Mapped, ConstantsAndDerivedColumns) {
  rule("shop").constant = "amazon";
  rule("url").derive = "https://x/${b}?n=${source.record}&f=${source.file}&r=${run}";
  EXPECT_EQ(map("1", "k"), "1|k|amazon|https://x/k?n=7&f=shop.csv&r=20261124-1");
  EXPECT_EQ(map("1", ""), "1|null|amazon|null");
}

TEST_F(Mapped, Ranges) {
  auto& a = rule("a");
  a.minimum = "0";
  a.maximum = "10";
  EXPECT_EQ(map("0", "x"), "0|x");
  EXPECT_EQ(map("10", "x"), "10|x");
  EXPECT_EQ(map("-1", "x"), "value_out_of_range a");
  EXPECT_EQ(map("11", "x"), "value_out_of_range a");
  EXPECT_EQ(map("", "x"), "null|x");
}

TEST_F(Mapped, LengthsCountCharacters) {
  auto& b = rule("b");
  b.length_min = 2;
  b.length_max = 3;
  EXPECT_EQ(map("1", "ééé"), "1|ééé");
  EXPECT_EQ(map("1", "é"), "check_length b");
  EXPECT_EQ(map("1", "abcd"), "check_length b");
}

TEST_F(Mapped, PatternsMatchTheWholeValue) {
  rule("b").pattern = "[A-Z]+";
  EXPECT_EQ(map("1", "ABC"), "1|ABC");
  EXPECT_EQ(map("1", "ABC1"), "check_pattern b");
}

TEST_F(Mapped, Enumerations) {
  rule("b").enumeration = {"red", "green"};
  rule("a").enumeration = {"1", "2"};
  EXPECT_EQ(map("2", "red"), "2|red");
  EXPECT_EQ(map("3", "red"), "check_enumeration a");
  EXPECT_EQ(map("1", "blue"), "check_enumeration b");
}

TEST_F(Mapped, References) {
  rule("a").references = {"c", "id"};
  auto ids = std::make_shared<ReferenceSet>();
  ids->name = "c.id";
  ids->numbers = {5};
  references_["c.id"] = ids;
  EXPECT_EQ(map("5", "x"), "5|x");
  EXPECT_EQ(map("6", "x"), "check_reference a");
  EXPECT_EQ(map("", "x"), "null|x");
}

TEST_F(Mapped, KeysAreRequired) {
  load_.key = {"b"};
  EXPECT_EQ(map("1", ""), "value_missing b");
}

TEST_F(Mapped, DecimalsBeyondADoubleAreRefused) {
  rule("b").type = model::Type{model::Kind::decimal, 18, 2};
  EXPECT_EQ(map("1", "9007199254740993.01"), "value_out_of_range b");
  EXPECT_EQ(map("1", "90071992547409.91"), "1|9007199254740991");
}

TEST_F(Mapped, MistakesInRulesAreConfigurationErrors) {
  const auto message = [this] { return map("1", "x"); };
  rule("bb").trim = true;
  EXPECT_THAT(message(), HasSubstr("column 'bb' is not in shop.csv"));
  EXPECT_EQ(mapping().error().code(), Code::config_value_invalid);
  load_.columns.clear();
  rule("a").rename = "B";
  EXPECT_THAT(message(), HasSubstr("two columns named 'b'"));
  load_.columns.clear();
  rule("b").pattern = "(";
  EXPECT_THAT(message(), HasSubstr("The pattern of column b is not valid"));
  load_.columns.clear();
  rule("a").minimum = "low";
  EXPECT_THAT(message(), HasSubstr("'low', which is no integer"));
  load_.columns.clear();
  rule("u").derive = "${c}";
  EXPECT_THAT(message(), HasSubstr("names 'c', which is not in the file"));
  load_.columns.clear();
  load_.key = {"c"};
  EXPECT_THAT(message(), HasSubstr("names 'c', which is not one of its columns"));
}

}  // namespace
}  // namespace aljibe::pipeline
