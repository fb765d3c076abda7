#include <gtest/gtest.h>

#include "auth/base64url.h"
#include "auth/key.h"
#include "auth/signing_key.h"
#include "auth/testing/forge.h"

namespace aljibe::auth {
namespace {

using testing::RsaKey;
using testing::shared_rsa_key;
using From = KeySet::From;

std::size_t size_of(const std::string& text, From from = From::network) {
  const auto set = KeySet::parse(text, from);
  return set ? set->size() : 0;
}

std::string list(const std::string& jwks) { return R"({"keys":[)" + jwks + "]}"; }

TEST(KeySet, ReadsKeysOfAllKinds) {
  const auto p256 = testing::ec_key("p256", Algorithm::es256), p384 = testing::ec_key("p384", Algorithm::es384);
  const auto ed25519 = SigningKey::generate(Algorithm::eddsa);
  const auto text = list(shared_rsa_key().jwk("") + "," + p256.jwk + "," + p384.jwk + "," + ed25519.public_jwk());
  const auto set = *KeySet::parse(text, From::network);
  EXPECT_EQ(set.size(), 4U);
  using enum Algorithm;
  EXPECT_EQ(set.algorithms(), (std::vector{rs256, rs384, rs512, ps256, es256, es384, eddsa}));
  const auto verified = [&](const std::string& token) { return set.verify(*parse_token(token)).has_value(); };
  for (const auto algorithm : {rs256, rs384, rs512, ps256}) {
    EXPECT_TRUE(verified(testing::token(R"({"alg":")" + std::string(name(algorithm)) + R"(","kid":"rsa-1"})", "{}", shared_rsa_key().sign(algorithm)))) << name(algorithm);
  }
  EXPECT_TRUE(verified(testing::token(R"({"alg":"ES256","kid":"p256"})", "{}", p256.sign)));
  EXPECT_TRUE(verified(testing::token(R"({"alg":"ES384","kid":"p384"})", "{}", p384.sign)));
  EXPECT_TRUE(verified(ed25519.sign("{}")));
  EXPECT_FALSE(verified(SigningKey::generate(Algorithm::eddsa).sign("{}")));
}

TEST(KeySet, ReadsFirebasesCertificates) {
  auto pem = shared_rsa_key().certificate();
  for (auto at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at + 2)) pem.replace(at, 1, "\\n");
  const auto set = KeySet::parse(R"({"rsa-1":")" + pem + R"(","broken":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})", From::network);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->size(), 1U);
  EXPECT_TRUE(set->verify(*parse_token(testing::token(R"({"alg":"RS256","kid":"rsa-1"})", "{}", shared_rsa_key().sign()))));
}

TEST(KeySet, PassesOverKeysThatCannotVerify) {
  const auto& good = shared_rsa_key();
  const RsaKey weak("weak", 1024), small("small", 2048, 3);
  const auto p256 = testing::ec_key("p256", Algorithm::es256);
  const auto swapped = [&](std::string text, const std::string& from, const std::string& to) { return text.replace(text.find(from), from.size(), to); };
  for (const auto& jwk : {good.jwk(R"(,"use":"enc")"), good.jwk(R"(,"key_ops":["encrypt"])"), good.jwk(R"(,"key_ops":[])"), good.jwk(R"(,"alg":"RSA-OAEP")"), good.jwk(R"(,"alg":"ES256")"), good.jwk(R"(,"alg":1)"), good.jwk(R"(,"d":"AQAB")"), weak.jwk(),
                          small.jwk(), swapped(p256.jwk, "P-256", "P-384"), swapped(p256.jwk, "P-256", "secp256k1"), swapped(p256.jwk, R"("x":")", R"("x":"A)"), swapped(p256.jwk, R"("kid":"p256")", R"("kid":1)"), std::string(R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"),
                          std::string(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR"})"), std::string(R"({"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"),
                          std::string(R"({"kty":"RSA","n":"AQAB"})"), std::string(R"({"kty":"RSA","n":"","e":""})"), std::string("{}"), std::string("1"), std::string(R"({"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})")}) {
    EXPECT_EQ(size_of(list(jwk)), 0U) << jwk;
    EXPECT_EQ(size_of(list(jwk + "," + good.jwk())), 1U) << jwk;
  }
}

TEST(KeySet, TakesSecretsFromTheConfigurationAlone) {
  const auto jwk = R"({"kty":"oct","alg":"HS256","k":")" + encode_base64url(std::string(32, 'k')) + "\"}";
  EXPECT_EQ(size_of(jwk), 0U);
  EXPECT_EQ(size_of(jwk, From::configuration), 1U);
  EXPECT_EQ(size_of(R"({"kty":"oct","k":")" + encode_base64url(std::string(31, 'k')) + "\"}", From::configuration), 0U);
  EXPECT_EQ(Key::secret(std::string(31, 'k')).error().code(), Code::config_value_invalid);
}

TEST(KeySet, WantsSecretsAsLongAsTheHash) {
  using enum Algorithm;
  EXPECT_EQ(KeySet({*Key::secret(std::string(32, 'k'))}).algorithms(), (std::vector{hs256}));
  EXPECT_EQ(KeySet({*Key::secret(std::string(48, 'k'))}).algorithms(), (std::vector{hs256, hs384}));
  const KeySet set({*Key::secret(std::string(64, 'k'))});
  EXPECT_EQ(set.algorithms(), (std::vector{hs256, hs384, hs512}));
  for (const auto algorithm : set.algorithms()) {
    const auto text = testing::token(R"({"alg":")" + std::string(name(algorithm)) + "\"}", "{}", testing::hmac(std::string(64, 'k'), algorithm));
    EXPECT_TRUE(set.verify(*parse_token(text))) << text;
    EXPECT_FALSE(set.verify(*parse_token(testing::token(R"({"alg":"HS256"})", "{}", testing::hmac(std::string(64, 'K'), algorithm)))));
  }
}

TEST(KeySet, IsBounded) {
  EXPECT_EQ(size_of(list(shared_rsa_key().jwk()) + std::string(64 * 1024, ' ')), 0U);
  std::string many = shared_rsa_key().jwk();
  for (int i = 0; i < 64; ++i) many += "," + shared_rsa_key().jwk();
  EXPECT_EQ(size_of(list(many)), 0U);
  for (const auto* const text : {"", "[]", "null", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[],"keys":[]})", "{", "<html>", R"({"a":"b"})"}) EXPECT_EQ(size_of(text), 0U) << text;
}

TEST(KeySet, DoesNotGuess) {
  const auto other = testing::ec_key("other", Algorithm::es256), another = testing::ec_key("another", Algorithm::es256);
  const auto unnamed = testing::token(R"({"alg":"ES256"})", "{}", other.sign);
  EXPECT_TRUE(KeySet::parse(list(other.jwk + "," + shared_rsa_key().jwk()), From::network)->verify(*parse_token(unnamed))) << "only one fits";
  EXPECT_FALSE(KeySet::parse(list(other.jwk + "," + another.jwk), From::network)->verify(*parse_token(unnamed))) << "either could be meant";
}

// RFC 7515 appendix A.1: a secret and a token of it, with line breaks in its JSON.
TEST(Vectors, Rfc7515A1) {
  const auto set = *KeySet::parse(R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})", From::configuration);
  const std::string text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto parsed = *parse_token(text);
  EXPECT_EQ(parsed.issuer, "joe");
  EXPECT_EQ(parsed.expires, 1'300'819'380);
  EXPECT_TRUE(set.verify(parsed));
  auto changed = text;
  changed[60] = changed[60] == 'A' ? 'B' : 'A';
  const auto other = parse_token(changed);
  EXPECT_FALSE(other && set.verify(*other));
}

// RFC 7515 appendix A.3: ES256.
TEST(Vectors, Rfc7515A3) {
  const auto set = *KeySet::parse(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})", From::network);
  const auto parsed = *parse_token("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                                   "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(set.verify(parsed));
}

// RFC 8037 appendix A.1 to A.4: Ed25519; its payload is no JSON, so that only the signature is looked at. A.3: the thumbprint.
TEST(Vectors, Rfc8037) {
  const auto set = *KeySet::parse(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", From::network);
  const std::string message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  ParsedToken parsed;
  parsed.text = message, parsed.signed_bytes = message.size(), parsed.algorithm = Algorithm::eddsa;
  parsed.signature = *decode_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(set.verify(parsed));
  parsed.signature[0] = static_cast<char>(parsed.signature[0] ^ 1);
  EXPECT_FALSE(set.verify(parsed));
  const auto key = SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_TRUE(key->public_jwk().contains("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
}

}  // namespace
}  // namespace aljibe::auth
