#include "format/convert.h"

#include <gtest/gtest.h>

#include <limits>

namespace aljibe::format {
namespace {

using model::Kind;
using model::Type;
using model::Value;

constexpr Type price{Kind::decimal, 7, 2};

struct Outcome {
  std::optional<Code> refusal;
  Value value;
};

class Convert : public testing::Test {
 protected:
  Outcome as(const Conversion& conversion, std::string_view text) {
    // A copy of exactly the cell's size: the sanitizer sees a read beside it.
    copies_.push_back(std::make_unique<char[]>(text.size()));
    text.copy(copies_.back().get(), text.size());
    Outcome outcome;
    outcome.refusal = convert({copies_.back().get(), text.size()}, conversion, arena_, outcome.value);
    return outcome;
  }
  Outcome as(Kind kind, std::string_view text) { return as(Conversion{.type = {kind}}, text); }
  std::int64_t units(const Type& type, std::string_view text) {
    const auto outcome = as(Conversion{.type = type}, text);
    EXPECT_FALSE(outcome.refusal) << text;
    EXPECT_EQ(outcome.value.tag, Value::Tag::decimal) << text;
    return outcome.value.integer;
  }
  std::optional<Code> refusal(const Type& type, std::string_view text) { return as(Conversion{.type = type}, text).refusal; }
  std::string text_of(Kind kind, std::string_view text) {
    const auto outcome = as(kind, text);
    EXPECT_FALSE(outcome.refusal) << text;
    return outcome.refusal ? "refused" : std::string(outcome.value.view());
  }

 private:
  Arena arena_;
  std::vector<std::unique_ptr<char[]>> copies_;
};

TEST_F(Convert, integers_of_every_length) {
  std::string text;
  std::int64_t expected = 0;
  for (int i = 1; i <= 18; ++i) {
    text += static_cast<char>('0' + i % 10);
    expected = expected * 10 + i % 10;
    EXPECT_EQ(as(Kind::integer, text).value.integer, expected);
    EXPECT_EQ(as(Kind::integer, "-" + text).value.integer, -expected);
    EXPECT_EQ(as(Kind::integer, " +00" + text + " ").value.integer, expected);
  }
  EXPECT_EQ(as(Kind::integer, "9223372036854775807").value.integer, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(as(Kind::integer, "-9223372036854775808").value.integer, std::numeric_limits<std::int64_t>::min());
}

TEST_F(Convert, what_is_no_integer_is_refused) {
  EXPECT_EQ(as(Kind::integer, "9223372036854775808").refusal, Code::value_out_of_range);
  EXPECT_EQ(as(Kind::integer, "-9223372036854775809").refusal, Code::value_out_of_range);
  EXPECT_EQ(as(Kind::integer, "99999999999999999999999").refusal, Code::value_out_of_range);
  for (const auto* text : {"", " ", "-", "+", "12a", "1 2", "12.0", "--1", "0x10", "1e3", "NULL", "NaN", "1234567x", "x2345678", "１"}) {
    EXPECT_EQ(as(Kind::integer, text).refusal, Code::value_not_integer) << text;
  }
}

TEST_F(Convert, decimals_are_exact_units) {
  EXPECT_EQ(units(price, "11.99"), 1199);
  EXPECT_EQ(units(price, "0.0"), 0);
  EXPECT_EQ(units(price, "-0.50"), -50);
  EXPECT_EQ(units(price, "12"), 1200);
  EXPECT_EQ(units(price, "7"), 700);
  EXPECT_EQ(units(price, ".5"), 50);
  EXPECT_EQ(units(price, "5."), 500);
  EXPECT_EQ(units(price, "+19731.81"), 1973181);
  EXPECT_EQ(units(price, "99999.99"), 9999999);
  EXPECT_EQ(units(price, "0012.5000"), 1250);
  EXPECT_EQ(units(price, " 12.5 "), 1250);
  EXPECT_EQ(units(price, "1.25e2"), 12500);
  EXPECT_EQ(units(price, "125E-2"), 125);
  EXPECT_EQ(units({Kind::decimal, 18, 0}, "999999999999999999"), 999999999999999999);
  EXPECT_EQ(units({Kind::decimal, 18, 18}, "0.123456789012345678"), 123456789012345678);
  EXPECT_EQ(units({Kind::decimal, 18, 16}, "1.5"), 15000000000000000);
}

TEST_F(Convert, decimals_that_do_not_fit_are_refused_and_never_rounded) {
  for (const auto* text : {"11.995", "100000", "100000.00", "-100000.5", "1e6", "0.001", "1e-3", "123456789012345678901234567890123456"}) {
    EXPECT_EQ(refusal(price, text), Code::value_out_of_range) << text;
  }
  for (const auto* text : {"", ".", "-", "-.", "1.2.3", "1..2", "12,5", "1e", "1e+", "e5", "abc", "NULL", "NaN", "Infinity", "inf", "0x1p3", "1_000"}) {
    EXPECT_EQ(refusal(price, text), Code::value_not_decimal) << text;
  }
}

TEST_F(Convert, a_decimal_without_precision_is_a_real_of_at_most_fifteen_digits) {
  EXPECT_EQ(as(Kind::decimal, "12.5").value.real, 12.5);
  EXPECT_EQ(as(Kind::decimal, "123456789012345").value.real, 123456789012345.0);
  EXPECT_EQ(as(Kind::decimal, "1234567890123456").refusal, Code::value_out_of_range);
  EXPECT_EQ(as(Kind::decimal, "twelve").refusal, Code::value_not_decimal);
}

TEST_F(Convert, reals) {
  EXPECT_EQ(as(Kind::real, "4.5").value.real, 4.5);
  EXPECT_EQ(as(Kind::real, " -1e-3 ").value.real, -1e-3);
  EXPECT_EQ(as(Kind::real, "+2.").value.real, 2);
  EXPECT_EQ(as(Kind::real, "1e400").refusal, Code::value_out_of_range);
  for (const auto* text : {"", "nan", "inf", "-Infinity", "NULL", "1,5", "0x10", "1e", "4.5x"}) {
    EXPECT_EQ(as(Kind::real, text).refusal, Code::value_not_real) << text;
  }
}

TEST_F(Convert, booleans_by_the_usual_words_or_the_columns_own) {
  for (const auto* text : {"True", "true", "TRUE", "t", "Yes", "y", "on", "1", " true "}) EXPECT_EQ(as(Kind::boolean, text).value.integer, 1) << text;
  for (const auto* text : {"False", "false", "f", "NO", "n", "off", "0"}) {
    const auto outcome = as(Kind::boolean, text);
    EXPECT_EQ(outcome.value.tag, Value::Tag::boolean) << text;
    EXPECT_EQ(outcome.value.integer, 0) << text;
  }
  for (const auto* text : {"", "maybe", "2", "tru", "truee", "falsy", "NULL"}) EXPECT_EQ(as(Kind::boolean, text).refusal, Code::value_not_boolean) << text;
  const Conversion spanish{.type = {Kind::boolean}, .true_words = {"sí"}, .false_words = {"no"}};
  EXPECT_EQ(as(spanish, "Sí").value.integer, 1);
  EXPECT_EQ(as(spanish, "no").value.integer, 0);
  EXPECT_EQ(as(spanish, "true").refusal, Code::value_not_boolean);
}

TEST_F(Convert, dates_are_days_of_the_calendar) {
  EXPECT_EQ(text_of(Kind::date, "2024-02-29"), "2024-02-29");
  EXPECT_EQ(text_of(Kind::date, " 2000-02-29 "), "2000-02-29");
  for (const auto* text : {"2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-1-1", "0000-01-01", "24-01-01", "2024/01/01", "2024-01-01T00:00:00", "", "today"}) {
    EXPECT_EQ(as(Kind::date, text).refusal, Code::value_not_date) << text;
  }
}

TEST_F(Convert, timestamps_get_one_form_whose_order_is_that_of_time) {
  EXPECT_EQ(text_of(Kind::timestamp, "2024-02-29T12:30:05"), "2024-02-29T12:30:05");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-02-29 12:30"), "2024-02-29T12:30:00");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-02-29"), "2024-02-29T00:00:00");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-02-29T12:30:05Z"), "2024-02-29T12:30:05+00:00");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-02-29T23:30:05.250-01:00"), "2024-03-01T00:30:05.25+00:00");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-01-01 00:10:00.000+0530"), "2023-12-31T18:40:00+00:00");
  EXPECT_EQ(text_of(Kind::timestamp, "2024-01-01t00:10:00,123456789z"), "2024-01-01T00:10:00.123456789+00:00");
  EXPECT_LT(text_of(Kind::timestamp, "2024-01-01T00:00:00Z"), text_of(Kind::timestamp, "2024-01-01T00:00:00.5Z"));
  EXPECT_LT(text_of(Kind::timestamp, "2024-01-01T00:00:00.5Z"), text_of(Kind::timestamp, "2024-01-01T00:00:00.51Z"));
}

TEST_F(Convert, what_is_no_timestamp_is_refused) {
  EXPECT_EQ(as(Kind::timestamp, "9999-12-31T23:59:59-01:00").refusal, Code::value_out_of_range);
  EXPECT_EQ(as(Kind::timestamp, "0001-01-01T00:00:00+01:00").refusal, Code::value_out_of_range);
  for (const auto* text : {"", "now", "2023-02-29T00:00:00", "2024-01-01T24:00:00", "2024-01-01T12:60:00", "2024-01-01T12:00:60", "2024-01-01T12", "2024-01-01X12:00",
                           "2024-01-01T12:00:00.", "2024-01-01T12:00:00.1234567890", "2024-01-01T12:00:00+16:00", "2024-01-01T12:00:00+01:60", "2024-01-01T12:00:00Z1", "2024-01-01T"}) {
    EXPECT_EQ(as(Kind::timestamp, text).refusal, Code::value_not_timestamp) << text;
  }
}

TEST_F(Convert, text_stays_as_it_is) {
  EXPECT_EQ(text_of(Kind::text, "  0545468248 "), "  0545468248 ");
  EXPECT_EQ(text_of(Kind::json, R"({"a":1})"), R"({"a":1})");
}

TEST(Complaint, says_what_and_why) {
  EXPECT_EQ(complaint(Code::value_not_integer, "abc", {Kind::integer}), "'abc' is not an integer");
  EXPECT_EQ(complaint(Code::value_out_of_range, "1.999", price), "'1.999' does not fit decimal(7,2)");
  EXPECT_EQ(complaint(Code::value_not_date, std::string(39, 'x') + "é…", {Kind::date}), "'" + std::string(39, 'x') + "…' is not a date (YYYY-MM-DD)");
}

}  // namespace
}  // namespace aljibe::format
