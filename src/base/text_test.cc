#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "base/percent.h"

namespace aljibe {
namespace {

TEST(Text, closest_finds_what_was_meant_and_nothing_far) {
  const std::array<std::string_view, 3> columns{"price", "isBestSeller", "asin"};
  EXPECT_EQ(closest("prise", columns), "price");
  EXPECT_EQ(closest("isbestseler", columns), "isBestSeller");
  EXPECT_EQ(closest("asni", columns), "asin");
  EXPECT_EQ(closest("colour", columns), "");
  EXPECT_EQ(closest(std::string(100'000, 'p'), columns), "");
}

TEST(Text, trim_and_case) {
  EXPECT_EQ(trim(" \ta b\t"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_TRUE(equal_ignoring_case("Content-Type", "content-type"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
}

TEST(Percent, round_trips_and_refuses_what_is_cut_short) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(every)), every);
  EXPECT_EQ(percent_encode("a b/ñ"), "a%20b%2F%C3%B1");
  EXPECT_EQ(percent_encode("a,b/c", ","), "a,b%2Fc");
  EXPECT_EQ(percent_decode("a%2fb+c"), "a/b+c");
  for (const auto* bad : {"%", "%4", "%4x", "%%41", "abc%"}) EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
  for (const auto* kept : {"%", "%4", "%4x", "abc%", "%%"}) EXPECT_EQ(percent_decode(kept, BrokenEscape::kept), kept);
  EXPECT_EQ(percent_decode("%%41%", BrokenEscape::kept), "%A%");
}

}  // namespace
}  // namespace aljibe
