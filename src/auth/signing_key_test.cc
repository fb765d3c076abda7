#include "auth/signing_key.h"

#include <gtest/gtest.h>

#include "auth/base64url.h"

namespace aljibe::auth {
namespace {

class SigningKeys : public testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(All, SigningKeys, testing::Values(Algorithm::es256, Algorithm::eddsa), [](const auto& info) { return std::string(name(info.param)); });

struct Parts {
  std::string signed_part, signature;
};

Parts parts_of(const std::string& token) {
  const auto dot = token.rfind('.');
  return {token.substr(0, dot), *decode_base64url(token.substr(dot + 1))};
}

TEST_P(SigningKeys, SignWhatTheirPublicHalfVerifies) {
  const auto key = SigningKey::generate(GetParam());
  const auto [signed_part, signature] = parts_of(key.sign(R"({"sub":"u1"})"));
  EXPECT_TRUE(key.public_key().verifies(GetParam(), signed_part, signature));
  EXPECT_FALSE(key.public_key().verifies(GetParam(), signed_part + "x", signature));
  EXPECT_FALSE(SigningKey::generate(GetParam()).public_key().verifies(GetParam(), signed_part, signature));
}

TEST_P(SigningKeys, AreTheSameAfterPem) {
  const auto key = SigningKey::generate(GetParam());
  const auto again = SigningKey::from_pem(key.pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kid(), key.kid());
  EXPECT_EQ(again->public_jwk(), key.public_jwk());
  EXPECT_EQ(again->algorithm(), GetParam());
}

TEST(SigningKeysOfOtherKinds, AreRefused) {
  EXPECT_EQ(SigningKey::from_pem("").error().code(), Code::config_value_invalid);
  EXPECT_FALSE(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  EXPECT_FALSE(SigningKey::from_pem(std::string(20'000, 'x')));
}

}  // namespace
}  // namespace aljibe::auth
