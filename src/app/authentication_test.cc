#include "app/authentication.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "auth/base64url.h"
#include "auth/signing_key.h"
#include "io/clock.h"

namespace aljibe::app {
namespace {

const io::RealClock clock;

config::Settings settings_with(config::Auth section) {
  config::Settings settings;
  settings.auth = std::move(section);
  return settings;
}

config::Auth with_secret(const std::string& key) {
  config::Auth section;
  section.secret.emplace().key = key;
  return section;
}

std::string problem(config::Auth section) {
  const auto made = authentication_of(settings_with(std::move(section)), clock, nullptr);
  return made ? "none" : std::string(made.error().message());
}

TEST(Authentication, IsNothingWithoutTheSection) {
  const auto made = authentication_of(config::Settings{}, clock, nullptr);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, nullptr);
}

TEST(Authentication, TakesSecretsAndKeySets) {
  EXPECT_EQ(problem(with_secret(std::string(32, 's'))), "none");
  EXPECT_EQ(problem(with_secret(R"({"kty":"oct","k":")" + auth::encode_base64url(std::string(32, 's')) + "\"}")), "none");
  EXPECT_EQ(problem(with_secret(R"( {"keys":[)" + auth::SigningKey::generate().public_jwk() + "]}")), "none");
}

TEST(Authentication, RefusesKeysThatCannotBeUsed) {
  const auto secret = R"({"kty":"oct","k":")" + auth::encode_base64url(std::string(32, 's')) + "\"}";
  const auto both = problem(with_secret(R"({"keys":[)" + auth::SigningKey::generate().public_jwk() + "," + secret + "]}"));
  EXPECT_TRUE(both.contains("may not stand together")) << both;
  const auto broken = problem(with_secret("{ this is no set of keys, but long enough to be one"));
  EXPECT_TRUE(broken.contains("auth.secret.key")) << broken;
  EXPECT_FALSE(broken.contains("long enough")) << "a secret is never shown";
}

TEST(Authentication, WantsTheFileOfAuthorities) {
  config::Auth section;
  section.oidc["a"] = {.issuer = "https://issuer.example", .audience = {"x"}, .jwks = {}, .role_claim = {}, .default_role = {}, .ca = "/nowhere/ca.pem", .place = {}};
  EXPECT_TRUE(problem(section).contains("cannot be read"));
  section.oidc["a"].ca.clear();
  EXPECT_EQ(problem(section), "none");
}

TEST(Authentication, HasNoEmulatorInAppService) {
  config::Auth section;
  section.firebase = config::FirebaseAuth{.project = "shop-1", .api_key = {}, .emulator = "127.0.0.1:9099", .place = {}};
  EXPECT_EQ(problem(section), "none");
  ::setenv("WEBSITE_SITE_NAME", "shop", 1);
  const auto refused = problem(section);
  section.firebase->emulator.clear();
  EXPECT_EQ(problem(section), "none");
  ::unsetenv("WEBSITE_SITE_NAME");
  EXPECT_TRUE(refused.contains("App Service")) << refused;
}

}  // namespace
}  // namespace aljibe::app
