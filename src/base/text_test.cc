#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

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

}  // namespace
}  // namespace aljibe
