#include "base/mac.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace aljibe {
namespace {

std::string hex(const Mac::Tag& tag) {
  std::string text;
  append_hex(text, {tag.data(), tag.size()});
  return text;
}

TEST(Mac, tags_differ_by_secret_parts_and_where_parts_end) {
  const Mac mac("secret");
  EXPECT_EQ(mac.tag({"ab", "c"}), mac.tag({"ab", "c"}));
  EXPECT_NE(mac.tag({"ab", "c"}), mac.tag({"a", "bc"}));
  EXPECT_NE(mac.tag({"abc"}), mac.tag({"abc", ""}));
  EXPECT_NE(mac.tag({"ab", "c"}), Mac("Secret").tag({"ab", "c"}));
}

// Computed with Python's hmac over eight bytes of length, the lowest first, and the part.
TEST(Mac, is_hmac_with_sha256) { EXPECT_EQ(hex(Mac("key").tag({"what is said"})), "bddca4025992b3cdf87204aee96fb8b1efc63019fa1c18aeb8bf3f9fd53ab908"); }

TEST(Mac, equal_compares_all_of_both) {
  EXPECT_TRUE(Mac::equal("abc", "abc"));
  EXPECT_FALSE(Mac::equal("abc", "abd"));
  EXPECT_FALSE(Mac::equal("abc", "ab"));
}

}  // namespace
}  // namespace aljibe
