#include "store/sqlite/json_key.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aljibe::store::sqlite {
namespace {

TEST(JsonKey, sorts_as_jsonb_does) {
  // The order that PostgreSQL 15 gives to these with the collation C.
  const std::vector<std::string> sorted{
      "[]", "null", "\"\"", "\"A\"", "\"Z\"", "\"a\"", "\"a\\u0000\"", "\"a\\u0001\"", "\"ab\"", "\"b\"", "\"\u00e9\"", "\"\\ud83d\\ude00\"", "-1e400", "-12345678901234567890.5", "-12345678901234567890", "-10", "-9.5",
      "-1", "-0.001", "-1e-400", "0", "1e-400", "0.001", "0.1", "0.10000000000000000001", "1", "7", "9.999", "10", "100", "12345678901234567890", "12345678901234567891", "1e400", "false", "true",
      "[null]", "[1]", "[2]", "[[]]", "[[null]]", "[{}]", "[null,null]", "[1,2]", "[1,3]", "[1,2,3]", "{}", "{\"a\":null}", "{\"a\":1}", "{\"a\":2}", "{\"aa\":0}", "{\"b\":1}", "{\"a\":1,\"b\":1}", "{\"a\":1,\"b\":2}", "{\"b\":1,\"cc\":0}",
  };
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const auto before = json_key(sorted[i - 1]);
    const auto after = json_key(sorted[i]);
    ASSERT_TRUE(before && after) << sorted[i];
    EXPECT_LT(*before, *after) << sorted[i - 1] << " " << sorted[i];
  }
}

TEST(JsonKey, spelling_does_not_count) {
  const std::vector<std::vector<std::string>> same{
      {"1", "1.0", "1e0", "10e-1", "0.1E+1", " 1\n"},
      {"0", "-0", "0.00", "0e99", "-0e-99999999999999999999"},
      {"\"\\u00e9/\"", "\"\u00e9\\/\""},
      {R"({"b":[1,2],"a":"x"})", R"({ "a" : "x" , "b" : [ 1.0 , 2 ] })", R"({"a":1,"b":[1,2],"a":"x"})"},
  };
  for (const auto& texts : same) {
    for (const auto& text : texts) EXPECT_EQ(json_key(text), json_key(texts[0])) << text;
  }
}

TEST(JsonKey, what_is_no_json_has_none) {
  const std::string deep(5000, '[');
  for (const std::string text : {"", " ", "deep", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
                                 "\"a\nb\"", "nul", "null null", "1 x", "]", "NaN", "Infinity"}) {
    EXPECT_FALSE(json_key(text)) << text;
  }
  EXPECT_FALSE(json_key(deep + std::string(5000, ']')));
}

}  // namespace
}  // namespace aljibe::store::sqlite
