#include "format/json_out.h"

#include <gtest/gtest.h>

#include <limits>

#include "format/csv_out.h"

namespace aljibe::format {
namespace {

template <class... Arguments>
std::string written(void (*append)(std::string&, Arguments...), std::type_identity_t<Arguments>... arguments) {
  std::string out;
  append(out, arguments...);
  return out;
}

std::string json(std::string_view text) { return written(append_json_text, text); }
std::string decimal(double number, unsigned scale) {
  std::string out;
  append_json_decimal(out, number, scale);
  return out;
}

TEST(JsonOut, text_is_escaped_wherever_the_byte_stands) {
  EXPECT_EQ(json(""), R"("")");
  EXPECT_EQ(json("30\" wide \\ \n\t\r\b\f\x01\x1f\x7f/"), "\"30\\\" wide \\\\ \\n\\t\\r\\b\\f\\u0001\\u001f\x7f/\"");
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '"';
      std::string expected(size, 'x');
      expected.replace(at, 1, "\\\"");
      EXPECT_EQ(json(text), "\"" + expected + "\"");
    }
  }
}

TEST(JsonOut, utf8_passes_and_what_is_none_is_replaced) {
  EXPECT_EQ(json("Café – 🚌 \xC2\x96\""), "\"Café – 🚌 \xC2\x96\\\"\"");
  EXPECT_EQ(json("a\xC3"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(json("\xC0\xAFz\"é"), "\"\xEF\xBF\xBD\xEF\xBF\xBDz\\\"é\"");
}

TEST(JsonOut, numbers) {
  EXPECT_EQ(written(append_json_integer, std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(append_json_real, 0.1), "0.1");
  EXPECT_EQ(written(append_json_real, std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(written(append_json_real, -std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(append_json_boolean, true) + written(append_json_boolean, false), "truefalse");
}

TEST(JsonOut, decimals_have_their_scale_and_are_never_rounded) {
  EXPECT_EQ(decimal(11.99, 2), "11.99");
  EXPECT_EQ(decimal(12.0, 2), "12.00");
  EXPECT_EQ(decimal(-0.5, 2), "-0.50");
  EXPECT_EQ(decimal(0.07, 2), "0.07");
  EXPECT_EQ(decimal(19731.81, 2), "19731.81");
  EXPECT_EQ(decimal(12.0, 0), "12");
  EXPECT_EQ(decimal(1.005, 2), "1.005");
  EXPECT_EQ(decimal(1e300, 2), "1e+300");
  EXPECT_EQ(decimal(std::numeric_limits<double>::infinity(), 2), "null");
  std::string out;
  append_json_decimal(out, std::int64_t{12}, 2);
  EXPECT_EQ(out, "12.00");
}

TEST(JsonOut, every_cent_of_a_million_prices_prints_itself) {
  for (std::int64_t units = 0; units < 2'000'000; units += 7) {
    std::string expected;
    append_json_units(expected, units, 2);
    ASSERT_EQ(decimal(static_cast<double>(units) / 100, 2), expected);
  }
}

TEST(JsonOut, units) {
  EXPECT_EQ(written(append_json_units, 1199, 2U), "11.99");
  EXPECT_EQ(written(append_json_units, -5, 2U), "-0.05");
  EXPECT_EQ(written(append_json_units, 0, 2U), "0.00");
  EXPECT_EQ(written(append_json_units, 0, 0U), "0");
  EXPECT_EQ(written(append_json_units, 7, 0U), "7");
  EXPECT_EQ(written(append_json_units, 100, 2U), "1.00");
}

TEST(CsvOut, quotes_only_where_a_reader_needs_them) {
  EXPECT_EQ(written(append_csv_text, "plain"), "plain");
  EXPECT_EQ(written(append_csv_text, ""), R"("")");
  EXPECT_EQ(written(append_csv_text, "a,b"), R"("a,b")");
  EXPECT_EQ(written(append_csv_text, R"(30" TV)"), R"("30"" TV")");
  EXPECT_EQ(written(append_csv_text, "\""), R"("""")");
  EXPECT_EQ(written(append_csv_text, "two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(written(append_csv_text, " blank"), "\" blank\"");
}

}  // namespace
}  // namespace aljibe::format
