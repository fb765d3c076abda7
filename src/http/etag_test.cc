#include "http/etag.h"

#include <gtest/gtest.h>

#include "http/cache_status.h"

namespace aljibe::http {
namespace {

TEST(Etag, differs_by_content_and_by_coding) {
  const auto one = make_etag(hash128("one"), Coding::identity);
  EXPECT_EQ(one, make_etag(hash128("one"), Coding::identity));
  EXPECT_NE(one, make_etag(hash128("two"), Coding::identity));
  EXPECT_NE(one, make_etag(hash128("one"), Coding::gzip));
  EXPECT_EQ(one.size(), 34U);
  EXPECT_EQ(make_etag({.low = 0xab, .high = 0x1}, Coding::br), "\"000000000000000100000000000000ab-br\"");
}

TEST(Etag, lists_are_compared_weakly_or_strongly) {
  EXPECT_TRUE(names_weakly("\"a\"", "\"a\""));
  EXPECT_TRUE(names_weakly("  *  ", "\"a\""));
  EXPECT_TRUE(names_weakly("\"x\", W/\"a\" ,\"y\"", "\"a\""));
  EXPECT_TRUE(names_weakly("\"x,\"y\",\"a\"", "\"y\"") == false);
  EXPECT_FALSE(names_weakly("\"x\", \"y\"", "\"a\""));
  EXPECT_FALSE(names_weakly("a", "\"a\""));
  EXPECT_FALSE(names_weakly("\"a", "\"a\""));
  EXPECT_FALSE(names_weakly("", "\"a\""));
  EXPECT_TRUE(names_strongly("\"x\",\"a\"", "\"a\""));
  EXPECT_FALSE(names_strongly("W/\"a\"", "\"a\""));
}

TEST(CacheStatus, says_hit_or_why_not) {
  EXPECT_EQ(cache_status_line({}), "Cache-Status: aljibe; hit\r\n");
  EXPECT_EQ(cache_status_line({.forward = Forward::miss, .stored = Stored::yes}), "Cache-Status: aljibe; fwd=miss; stored\r\n");
  EXPECT_EQ(cache_status_line({.forward = Forward::stale, .stored = Stored::yes, .detail = "changed-row"}),
            "Cache-Status: aljibe; fwd=stale; stored; detail=changed-row\r\n");
  EXPECT_EQ(cache_status_line({.forward = Forward::bypass, .collapsed = Collapsed::yes, .detail = "a \"b\"\r\n"}),
            "Cache-Status: aljibe; fwd=bypass; collapsed; detail=\"a \\\"b\\\"\"\r\n");
}

}  // namespace
}  // namespace aljibe::http
