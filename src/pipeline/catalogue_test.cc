#include "pipeline/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <unordered_set>

#include "pipeline/catalogue_words.h"

namespace aljibe::pipeline {
namespace {

constexpr std::uint64_t rows = 100'000;

/// The generated rows, column by column, as the published facts of the real file count them.
class CatalogueFacts : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Catalogue catalogue(rows, 7);
    catalogue.append_rows(text_, 0, rows);
    for (std::uint64_t row = 0; row < rows; ++row) rows_.push_back(catalogue.fields(row));
  }
  static void TearDownTestSuite() {
    text_.clear();
    rows_.clear();
  }

  static std::vector<double> numbers(ProductColumn column) {
    std::vector<double> values;
    for (const auto& row : rows_) values.push_back(std::stod(row[static_cast<std::size_t>(column)]));
    return values;
  }
  static double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  static double deviation(const std::vector<double>& values) {
    const double middle = mean(values);
    double sum = 0;
    for (const double value : values) sum += (value - middle) * (value - middle);
    return std::sqrt(sum / static_cast<double>(values.size()));
  }
  static double quantile(std::vector<double> values, double probability) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(probability * static_cast<double>(values.size()))];
  }
  template <class Predicate>
  static double share(ProductColumn column, Predicate predicate) {
    const auto count = std::ranges::count_if(rows_, [&](const auto& row) { return predicate(row[static_cast<std::size_t>(column)]); });
    return 100.0 * static_cast<double>(count) / static_cast<double>(rows);
  }
  static double share_of(ProductColumn column, std::string_view text) {
    return share(column, [text](const std::string& field) { return field == text; });
  }

  static inline std::string text_;
  static inline std::vector<std::array<std::string, product_columns>> rows_;
};

TEST_F(CatalogueFacts, bytes_of_a_row) { EXPECT_NEAR(static_cast<double>(text_.size()) / rows, 263.57, 1.0); }

TEST_F(CatalogueFacts, fields_are_those_of_the_text) {
  std::istringstream lines(text_);
  std::string line;
  for (const auto& row : rows_) {
    ASSERT_TRUE(std::getline(lines, line));
    std::string joined;
    for (const auto& field : row) joined += (joined.empty() ? "" : ",") + field;
    ASSERT_EQ(joined, line);
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(CatalogueFacts, prices) {
  const auto price = numbers(ProductColumn::price);
  EXPECT_NEAR(quantile(price, .25), 11.99, .5);
  EXPECT_NEAR(quantile(price, .50), 19.95, .5);
  EXPECT_NEAR(quantile(price, .75), 35.99, 1);
  EXPECT_NEAR(mean(price), 43.4, 2);
  EXPECT_NEAR(deviation(price), 130, 20);
  EXPECT_LE(quantile(price, .999999), 19731.81);
  EXPECT_NEAR(share_of(ProductColumn::price, "0.0"), 2.0, .3);
  EXPECT_NEAR(share(ProductColumn::price, [](const std::string& field) { return field.ends_with(".99"); }), 52, 2);
  const auto list_price = numbers(ProductColumn::listPrice);
  EXPECT_NEAR(mean(list_price), 12.45, 1);
  EXPECT_NEAR(share_of(ProductColumn::listPrice, "0.0"), 76, 1);
  EXPECT_LE(*std::ranges::max_element(list_price), 999.99);
}

TEST_F(CatalogueFacts, opinions) {
  const auto stars = numbers(ProductColumn::stars);
  EXPECT_NEAR(mean(stars), 4.0, .03);
  EXPECT_NEAR(deviation(stars), 1.344, .05);
  EXPECT_NEAR(quantile(stars, .25), 4.15, .06);
  EXPECT_EQ(quantile(stars, .50), 4.4);
  EXPECT_EQ(quantile(stars, .75), 4.6);
  EXPECT_EQ(*std::ranges::max_element(stars), 5);
  EXPECT_NEAR(share_of(ProductColumn::stars, "0.0"), 8.8, .6);
  const auto reviews = numbers(ProductColumn::reviews);
  EXPECT_NEAR(share_of(ProductColumn::reviews, "0"), 79.26, .6);
  EXPECT_NEAR(mean(reviews), 180, 12);
  EXPECT_NEAR(deviation(reviews), 1761, 350);
}

TEST_F(CatalogueFacts, sales) {
  const auto bought = numbers(ProductColumn::boughtInLastMonth);
  EXPECT_EQ(quantile(bought, .5), 0);
  EXPECT_EQ(quantile(bought, .75), 50);
  EXPECT_NEAR(mean(bought), 138, 10);
  EXPECT_NEAR(deviation(bought), 750, 150);
  EXPECT_TRUE(std::ranges::none_of(bought, [](double value) { return value > 0 && value < 50; }));
  EXPECT_NEAR(share_of(ProductColumn::isBestSeller, "True"), .6, .1);
  EXPECT_NEAR(share_of(ProductColumn::isBestSeller, "False"), 99.4, .1);
}

TEST_F(CatalogueFacts, titles) {
  const auto title = ProductColumn::title;
  EXPECT_NEAR(share(title, [](const std::string& field) { return field.starts_with('"'); }), 69, 2);
  EXPECT_NEAR(share(title, [](const std::string& field) { return field.find("\"\"") != std::string::npos; }), 6.5, .7);
  EXPECT_NEAR(share(title, [](const std::string& field) { return std::ranges::any_of(field, [](char letter) { return letter < 0; }); }), 8.9, .9);
  EXPECT_EQ(share_of(title, ""), 100.0 / rows);
  std::set<std::string> distinct;
  for (const auto& row : rows_) distinct.insert(row[1]);
  EXPECT_NEAR(static_cast<double>(distinct.size()) / rows, .975, .01);
}

TEST_F(CatalogueFacts, keys_are_unique_and_some_are_digits_with_leading_zeros) {
  std::unordered_set<std::string> keys;
  std::size_t leading_zeros = 0;
  for (const auto& row : rows_) {
    ASSERT_EQ(row[0].size(), 10U);
    ASSERT_TRUE(keys.insert(row[0]).second) << row[0];
    ASSERT_EQ(row[3], "https://www.amazon.com/dp/" + row[0]);
    leading_zeros += row[0][0] == '0' && row[0].find_first_not_of("0123456789") == std::string::npos ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(leading_zeros), rows * .0008, 20);
}

TEST_F(CatalogueFacts, categories_stand_in_runs_and_lean_towards_low_ids) {
  const auto ids = numbers(ProductColumn::category_id);
  EXPECT_NEAR(mean(ids), 123.74, 4);
  EXPECT_NEAR(deviation(ids), 73.11, 4);
  EXPECT_NEAR(quantile(ids, .25), 65, 4);
  EXPECT_NEAR(quantile(ids, .50), 120, 5);
  EXPECT_NEAR(quantile(ids, .75), 176, 5);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(ids, 71)), rows * 9242.0 / 1426337, 2);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(ids, 56)), rows * 3584.0 / 1426337, 2);
  std::size_t runs = 1;
  for (std::size_t i = 1; i < ids.size(); ++i) runs += ids[i] != ids[i - 1] ? 1 : 0;
  EXPECT_EQ(runs, 252U);
  EXPECT_EQ(std::set<double>(ids.begin(), ids.end()).size(), 248U);
}

TEST(Catalogue, categories_have_the_real_gaps_and_invented_names) {
  const auto words = category_words();
  EXPECT_EQ(words.size(), 248U);
  const auto named = [&](std::string_view part) { return std::ranges::count_if(words, [&](const auto& word) { return word.name.find(part) != std::string_view::npos; }); };
  EXPECT_EQ(named(","), 25);
  EXPECT_EQ(named("'"), 35);
  EXPECT_EQ(named("é"), 3);
  const auto text = Catalogue(1, 1).categories();
  EXPECT_TRUE(text.starts_with("id,category_name\n1,Luggage Sets & Carriers\n"));
  EXPECT_EQ(text.find("\n266,"), std::string::npos);
  EXPECT_NE(text.find("\n270,"), std::string::npos);
  EXPECT_NE(text.find(",\"Vitamins, Minerals & Supplements\"\n"), std::string::npos);
}

TEST(Catalogue, a_row_depends_on_nothing_but_rows_and_seed) {
  const Catalogue catalogue(5000, 3);
  std::string whole;
  catalogue.append_rows(whole, 0, 5000);
  std::string pieces;
  for (std::uint64_t from = 0; from < 5000; from += 701) catalogue.append_rows(pieces, from, std::min<std::uint64_t>(from + 701, 5000));
  EXPECT_EQ(pieces, whole);
  std::string other;
  Catalogue(5000, 4).append_rows(other, 0, 5000);
  EXPECT_NE(other, whole);
}

TEST(Catalogue, works_at_any_size) {
  for (const std::uint64_t size : {0U, 1U, 2U, 100U}) {
    std::string text;
    Catalogue(size, 1).append_rows(text, 0, size);
    EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(text, '\n')), size);
  }
}

}  // namespace
}  // namespace aljibe::pipeline
