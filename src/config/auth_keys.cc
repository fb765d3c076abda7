#include "config/auth_keys.h"

#include <algorithm>
#include <array>

#include "config/settings.h"

namespace aljibe::config {
namespace {

std::unexpected<Error> expected(std::string what, std::string hint = {}) { return fail(Code::config_value_invalid, std::move(what), {}, std::move(hint)); }

/// What follows the host ends it, so that no name that only begins like this machine's passes.
bool is_this_machine(std::string_view host_and_rest) {
  constexpr auto hosts = std::to_array<std::string_view>({"127.0.0.1", "localhost", "[::1]"});
  return std::ranges::any_of(hosts, [&](std::string_view host) {
    const auto rest = host_and_rest.starts_with(host) ? host_and_rest.substr(host.size()) : std::string_view("?");
    return rest.empty() || rest.front() == ':' || rest.front() == '/';
  });
}

bool is_url(std::string_view text) {
  constexpr std::string_view plain = "http://", secure = "https://";
  const bool is_clean = std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < '\x7f'; });
  return is_clean && ((text.starts_with(secure) && text.size() > secure.size()) || (text.starts_with(plain) && is_this_machine(text.substr(plain.size()))));
}

Result<void> set_project(FirebaseAuth& firebase, std::string text) {
  constexpr std::size_t letters_max = 64;
  const auto is_fit = [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-'; };
  if (text.empty() || text.size() > letters_max || !std::ranges::all_of(text, is_fit)) return expected("a project's id: small letters, digits and hyphens");
  firebase.project = std::move(text);
  return {};
}

Result<void> set_emulator(FirebaseAuth& firebase, std::string text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1);
  constexpr std::size_t digits_max = 5;
  const bool is_port = !port.empty() && port.size() <= digits_max && std::ranges::all_of(port, [](char letter) { return letter >= '0' && letter <= '9'; });
  const auto host = is_port ? std::string_view(text).substr(0, colon) : std::string_view();
  if (host != "127.0.0.1" && host != "localhost" && host != "[::1]") return expected("HOST:PORT of this machine, such as 127.0.0.1:9099", "The emulator's tokens are signed by nobody, so that it may not be elsewhere.");
  firebase.emulator = std::move(text);
  return {};
}

Result<void> set_issuer(OidcAuth& oidc, std::string text) {
  if (!is_url(text)) return expected("an https:// address, written as in the tokens' claim iss");
  oidc.issuer = std::move(text);
  return {};
}

Result<void> set_jwks(OidcAuth& oidc, std::string text) {
  if (!is_url(text)) return expected("an https:// address");
  oidc.jwks = std::move(text);
  return {};
}

Result<void> set_secret(SecretAuth& secret, std::string text) {
  constexpr std::size_t bytes_min = 32, bytes_max = 65'536;
  if (text.size() < bytes_min || text.size() > bytes_max) return expected("a secret of at least 32 bytes, or the text of a JWK or a JWKS");
  secret.key = std::move(text);
  return {};
}

template <auto field>
Result<void> set_word(Auth& auth, std::string text) {
  constexpr std::size_t bytes_max = 128;
  if (text.empty() || text.size() > bytes_max) return expected("1 to 128 characters");
  auth.*field = std::move(text);
  return {};
}

const Section& firebase_keys() {
  constexpr std::uint64_t day = 86'400'000;
  static const Section section =
      SectionOf<FirebaseAuth>{}
          .meaning("project", set_project, "", "The id of the Firebase project.").required()
          .text("api_key", &FirebaseAuth::api_key, "", "The project's web API key: for what is asked of Firebase in the name of its users.").secret()
          .meaning("emulator", set_emulator, "", "HOST:PORT of the Firebase Authentication emulator, which must run on this machine. Its tokens are signed by nobody, and are the only ones that are taken then: never where others can come in.")
          .duration("revocation_check", &FirebaseAuth::revocation_check, {0, day}, "0 s", "How often Firebase is asked whether the bearer of a token was disabled or signed out everywhere; 0 s: never, so that a token is good until it ends, an hour at most. Needs api_key.")
          .shorthand("project");
  return section;
}

const Section& oidc_keys() {
  static const Section section =
      SectionOf<OidcAuth>{}
          .meaning("issuer", set_issuer, "", "The issuer, spelled exactly as in the tokens' claim iss, such as https://login.microsoftonline.com/TENANT/v2.0.").required()
          .texts("audience", &OidcAuth::audience, "", "What the tokens' claim aud must hold one of: for whom they were made.").required()
          .meaning("jwks", set_jwks, "", "Where the issuer's keys are; without it, where its /.well-known/openid-configuration says.")
          .text("role_claim", &OidcAuth::role_claim, "", "The claim that names the role, where it is another than auth.role_claim, such as roles of Microsoft Entra ID. Of a list the first counts.")
          .text("default_role", [](OidcAuth& oidc) -> auto& { return oidc.default_role.emplace(); }, "", "The role of a token without that claim, where it is another than auth.default_role.")
          .words("algorithms", {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"}, &OidcAuth::algorithms, "[RS256, ES256]", "How its tokens may be signed: of RS256, RS384, RS512, PS256, ES256, ES384 and EdDSA.")
          .text("ca", &OidcAuth::ca, "", "PEM file of the authorities whose certificates are trusted; without it the system's.");
  return section;
}

const Section& secret_keys() {
  static const Section section =
      SectionOf<SecretAuth>{}
          .meaning("key", set_secret, "", "The secret, of 32 bytes at least, or the text of a JWK or a JWKS with secrets or public keys. Keep it out of this file: ${env:NAME} or ${file:PATH}.").required().secret()
          .text("issuer", &SecretAuth::issuer, "", "What the tokens' claim iss must be; without it, they must have none.")
          .texts("audience", &SecretAuth::audience, "", "What the tokens' claim aud must hold one of; without it, aud is not looked at.")
          .shorthand("key");
  return section;
}

}  // namespace

const Section& auth_keys() {
  static const Section section =
      SectionOf<Auth>{}
          .meaning("role_claim", set_word<&Auth::role_claim>, "role", "The claim that names the bearer's role; a path such as app_metadata.role leads inwards.")
          .meaning("default_role", set_word<&Auth::default_role>, "authenticated", "The role of a bearer whose token has no such claim.")
          .duration("clock_skew", &Auth::clock_skew, {0, 60'000}, "30 s", "By which the clocks of those who make tokens may differ from ours.")
          .inner("built_in", Shape::section, built_in_keys(),
                 [](Auth& auth, const std::string&, model::Place place) { return &auth.built_in.emplace(BuiltInAuth{.place = place}); },
                 "Accounts of aljibe's own: people sign up and in with an address and a password, machines have keys (aljibe keys). `built_in: auth.db` is enough.")
          .inner("firebase", Shape::section, firebase_keys(),
                 [](Auth& auth, const std::string&, model::Place place) { return &auth.firebase.emplace(FirebaseAuth{.place = place}); }, "Tokens of Firebase Authentication are taken.")
          .inner("oidc", Shape::map, oidc_keys(),
                 [](Auth& auth, const std::string& name, model::Place place) {
                   auto& oidc = auth.oidc[name];
                   oidc.place = place;
                   return &oidc;
                 },
                 "Tokens of OpenID Connect issuers are taken: of Microsoft Entra ID, Auth0, Keycloak and others, by a name for each.")
          .inner("secret", Shape::section, secret_keys(),
                 [](Auth& auth, const std::string&, model::Place place) { return &auth.secret.emplace(SecretAuth{.place = place}); }, "Tokens are taken that are signed with a shared secret, as PostgREST and Supabase do.");
  return section;
}

}  // namespace aljibe::config
