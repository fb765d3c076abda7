#include "auth/claims.h"

#include <gtest/gtest.h>

namespace aljibe::auth {
namespace {

TEST(Claims, AreTheLeavesByTheirPath) {
  const auto claims = Claims::parse(R"({"sub":"u1","n":7,"ok":true,"none":null,"list":["a"],"app":{"tenant":"t-1","deep":{"x":"é"}}})");
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->find("sub"), "u1");
  EXPECT_EQ(claims->find("n"), "7");
  EXPECT_EQ(claims->find("ok"), "true");
  EXPECT_EQ(claims->find("app.tenant"), "t-1");
  EXPECT_EQ(claims->find("app.deep.x"), "é");
  for (const auto* const path : {"none", "list", "app", "app.deep", "absent", ""}) EXPECT_EQ(claims->find(path), std::nullopt) << path;
}

TEST(Claims, ThatCanBeReadInTwoWaysAreRefused) {
  for (const std::string payload : {R"([])", R"("x")", "", "{", R"({"sub":"a","sub":"b"})", R"({"a":{"b":"1"},"a.b":"2"})", R"({"a":{"x":1,"x":2}})", R"({} {})"}) {
    const auto claims = Claims::parse(payload);
    ASSERT_FALSE(claims) << payload;
    EXPECT_EQ(claims.error().code(), Code::token_invalid);
  }
}

TEST(Claims, AreBounded) {
  EXPECT_FALSE(Claims::parse(R"({"a":")" + std::string(claims_bytes_max, 'x') + "\"}"));
  std::string deep = "1";
  for (std::size_t i = 0; i <= claims_depth_max; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_FALSE(Claims::parse(deep));
}

}  // namespace
}  // namespace aljibe::auth
