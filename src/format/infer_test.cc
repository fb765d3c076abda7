#include "format/infer.h"

#include <gtest/gtest.h>

namespace aljibe::format {
namespace {

using model::Kind;

/// A column written as a list of texts; `times` repeats them.
Guess guessed(std::initializer_list<std::string_view> texts, int times = 1) {
  ColumnSummary column;
  std::uint64_t record = 0;
  for (int i = 0; i < times; ++i) {
    for (const auto text : texts) column.add({.text = text}, ++record);
  }
  return guess(column);
}

std::string type_of(std::initializer_list<std::string_view> texts) { return to_text(guessed(texts).type); }

TEST(Look, goes_by_the_form_of_the_text) {
  EXPECT_EQ(look_of("0"), Look::integer);
  EXPECT_EQ(look_of("-12"), Look::integer);
  EXPECT_EQ(look_of("9223372036854775807"), Look::integer);
  EXPECT_EQ(look_of("9223372036854775808"), Look::long_number);
  EXPECT_EQ(look_of("007"), Look::code);
  EXPECT_EQ(look_of("00.5"), Look::code);
  EXPECT_EQ(look_of("0.5"), Look::decimal);
  EXPECT_EQ(look_of(".5"), Look::decimal);
  EXPECT_EQ(look_of("1234567890.123456"), Look::long_number);
  EXPECT_EQ(look_of("0.000000000000000001"), Look::decimal);
  EXPECT_EQ(look_of("1e5"), Look::exponent);
  EXPECT_EQ(look_of("True"), Look::truth);
  EXPECT_EQ(look_of("no"), Look::truth_word);
  EXPECT_EQ(look_of("Y"), Look::truth_letter);
  EXPECT_EQ(look_of("2024-02-29"), Look::date);
  EXPECT_EQ(look_of("2024-02-30"), Look::text);
  EXPECT_EQ(look_of("2024-02-29 12:00"), Look::timestamp);
  for (const auto* text : {"", "-", ".", "1.2.3", "12a", "+34 600", "NULL", "nan", "1e", "1,5"}) EXPECT_EQ(look_of(text), Look::text) << text;
}

TEST(Guess, types_of_clean_columns) {
  EXPECT_EQ(type_of({"1", "20", "-3"}), "integer");
  EXPECT_EQ(type_of({"1", "20.5", "19731.81"}), "decimal(7,2)");
  EXPECT_EQ(type_of({"4.5", "0.0"}), "decimal(2,1)");
  EXPECT_EQ(type_of({"41.38506391", "2.17"}), "real");
  EXPECT_EQ(type_of({"1e5", "2"}), "real");
  EXPECT_EQ(type_of({"True", "False"}), "boolean");
  EXPECT_EQ(type_of({"yes", "no"}), "boolean");
  EXPECT_EQ(type_of({"t", "f"}), "boolean");
  EXPECT_EQ(type_of({"t", "t"}), "text");
  EXPECT_EQ(type_of({"2024-01-01", "1999-12-31"}), "date");
  EXPECT_EQ(type_of({"2024-01-01", "1999-12-31T00:00:00Z"}), "timestamp");
  EXPECT_EQ(type_of({"a", "b"}), "text");
  EXPECT_EQ(type_of({}), "text");
  EXPECT_EQ(type_of({"", "", "7"}), "integer");
}

TEST(Guess, codes_and_numbers_that_a_double_would_change_stay_text_and_say_why) {
  EXPECT_EQ(guessed({"00501", "10001"}).type.kind, Kind::text);
  EXPECT_EQ(guessed({"00501", "10001"}).note, "1 code begins with 0");
  EXPECT_EQ(guessed({"B01", "0545468248", "0781786576"}).note, "2 codes begin with 0");
  EXPECT_EQ(guessed({"1234567890.123456789", "1.5"}).type.kind, Kind::text);
  EXPECT_EQ(guessed({"1234567890.123456789", "1.5"}).note, "1 number has more digits than a database keeps exactly");
}

TEST(Guess, little_damage_is_reported_and_much_is_obeyed) {
  ColumnSummary column;
  for (std::uint64_t record = 1; record <= 1000; ++record) column.add({.text = record == 77 ? "NULL" : record % 100 == 5 ? "12a" : "12"}, record);
  const auto guess_of_column = guess(column);
  EXPECT_EQ(guess_of_column.type.kind, Kind::integer);
  EXPECT_EQ(guess_of_column.misfits, 11U);
  EXPECT_EQ(guess_of_column.misfit->record, 5U);
  EXPECT_EQ(guess_of_column.misfit->text, "12a");
  EXPECT_EQ(guessed({"1", "2", "3", "many"}).type.kind, Kind::text);
}

TEST(ColumnSummary, parts_merge_to_the_whole_in_any_order) {
  const std::vector<std::string> cells{"12.5", "", "7", "abc", "7", "-3.25", "True"};
  ColumnSummary whole;
  ColumnSummary first;
  ColumnSummary second;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    whole.add({.text = cells[i]}, i + 1);
    (i < 3 ? first : second).add({.text = cells[i]}, i + 1);
  }
  second.merge(first);
  EXPECT_EQ(second.counts, whole.counts);
  EXPECT_EQ(second.nulls, 1U);
  EXPECT_EQ(second.minimum, -3.25);
  EXPECT_EQ(second.maximum, 12.5);
  EXPECT_EQ(second.distinct.count(), 5U);
  EXPECT_EQ(second.distinct.duplicates(), 1U);
  EXPECT_EQ(second.example(Look::integer).record, 3U);
}

TEST(Distinct, counts_exactly_gives_up_repeaters_and_samples_giants) {
  Distinct few;
  for (int i = 0; i < 1000; ++i) few.add(std::to_string(i % 10));
  EXPECT_TRUE(few.is_exact());
  EXPECT_EQ(few.count(), 10U);
  EXPECT_EQ(few.duplicates(), 990U);
  const DistinctBounds bounds{.held_max = 4000, .repeating_held_max = 250};
  Distinct repeating(bounds);
  for (int i = 0; i < 600; ++i) repeating.add(std::to_string(i / 2));
  EXPECT_TRUE(repeating.is_given_up());
  Distinct giant(bounds);
  for (int i = 0; i < 50'000; ++i) giant.add(std::to_string(i));
  EXPECT_FALSE(giant.is_exact());
  EXPECT_EQ(giant.duplicates(), 0U);
  EXPECT_NEAR(static_cast<double>(giant.count()), 5e4, 4e3);
}

TEST(Distinct, knows_subsets) {
  Distinct keys;
  Distinct references;
  for (const auto* key : {"1", "2", "3"}) keys.add(key);
  for (const auto* key : {"3", "1", "1"}) references.add(key);
  EXPECT_TRUE(references.is_subset_of(keys));
  EXPECT_FALSE(keys.is_subset_of(references));
  references.add("9");
  EXPECT_EQ(references.missing_in(keys), 1U);
}

}  // namespace
}  // namespace aljibe::format
