#include "app/authentication.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "auth/firebase.h"
#include "auth/issuer.h"
#include "auth/issuer_provider.h"
#include "auth/jwks_source.h"

namespace aljibe::app {
namespace {

using Providers = std::vector<std::unique_ptr<auth::Provider>>;

std::unexpected<Error> wrong(std::string_view where, const Error& error) {
  return fail(error.code(), fmt::format("{}: {}", where, error.message()), std::string(error.details()), std::string(error.hint()));
}

/// The providers of one configuration, made one by one.
class Maker {
 public:
  Maker(const config::Settings& settings, const Clock& clock, telemetry::Emit emit) : settings_(settings), auth_(*settings.auth), clock_(clock), emit_(std::move(emit)) {}

  Result<std::unique_ptr<auth::Provider>> firebase(const config::FirebaseAuth& section) {
    const bool is_emulated = !section.emulator.empty();
    if (is_emulated && std::getenv("WEBSITE_SITE_NAME") != nullptr) {
      return fail(Code::config_value_invalid, "auth.firebase.emulator: this is an App Service, where anybody could make tokens.", {}, "Leave emulator out.");
    }
    auto issuer = is_emulated ? auth::Issuer::firebase_emulator(section.project) : auth::Issuer::firebase(section.project);
    std::unique_ptr<auth::KeySource> keys;
    if (is_emulated) keys = std::make_unique<auth::FixedKeys>(auth::KeySet());
    else keys = std::make_unique<auth::JwksSource>(auth::JwksOptions{.issuer = *issuer.issuer, .url = std::string(auth::firebase_keys_url), .ca_file = {}}, clock_, emit_);
    auto provider = ALJ_TRY(make(std::move(issuer), std::move(keys)));
    if (section.revocation_check.count() > 0) provider->ask_again(auth::firebase_lookup(section.api_key, section.emulator), section.revocation_check);
    return provider;
  }

  Result<std::unique_ptr<auth::Provider>> oidc(const std::string& name, const config::OidcAuth& section) {
    auth::Issuer issuer;
    issuer.name = name;
    issuer.issuer = section.issuer;
    issuer.audiences = section.audience;
    for (const auto& algorithm : section.algorithms) issuer.algorithms.push_back(auth::algorithm_of(algorithm).value_or(auth::Algorithm::none));
    const auto ca = section.ca.empty() ? std::string() : config::file_in(settings_, section.ca);
    if (!ca.empty() && ::access(ca.c_str(), R_OK) != 0) return fail(Code::file_unreadable, fmt::format("auth.oidc.{}.ca: {} cannot be read.", name, section.ca));
    auto keys = std::make_unique<auth::JwksSource>(auth::JwksOptions{.issuer = section.issuer, .url = section.jwks, .ca_file = ca}, clock_, emit_);
    return make(std::move(issuer), std::move(keys), section.role_claim, section.default_role);
  }

  Result<std::unique_ptr<auth::Provider>> secret(const config::SecretAuth& section) {
    auth::Issuer issuer;
    issuer.name = "secret";
    if (!section.issuer.empty()) issuer.issuer = section.issuer;
    issuer.audiences = section.audience;
    auto keys = keys_of(section.key);
    if (!keys) return wrong("auth.secret.key", keys.error());
    issuer.algorithms = keys->algorithms();
    return make(std::move(issuer), std::make_unique<auth::FixedKeys>(std::move(*keys)));
  }

 private:
  /// The text of a JWK or JWKS, or the bytes of a secret.
  static Result<auth::KeySet> keys_of(const std::string& text) {
    if (text.find_first_not_of(" \t\r\n") != std::string::npos && text[text.find_first_not_of(" \t\r\n")] == '{') return auth::KeySet::parse(text, auth::KeySet::From::configuration);
    return auth::KeySet({ALJ_TRY(auth::Key::secret(text))});
  }

  Result<std::unique_ptr<auth::IssuerProvider>> make(auth::Issuer issuer, std::unique_ptr<auth::KeySource> keys, const std::string& role_claim = {}, const std::optional<std::string>& default_role = {}) {
    issuer.role_claim = role_claim.empty() ? auth_.role_claim : role_claim;
    issuer.default_role = default_role.value_or(auth_.default_role);
    issuer.skew = std::chrono::duration_cast<std::chrono::seconds>(auth_.clock_skew);
    if (const auto fit = auth::check(issuer); !fit) return wrong("auth: " + issuer.name, fit.error());
    return std::make_unique<auth::IssuerProvider>(std::move(issuer), std::move(keys), clock_);
  }

  const config::Settings& settings_;
  const config::Auth& auth_;
  const Clock& clock_;
  telemetry::Emit emit_;
};

}  // namespace

Result<std::unique_ptr<auth::Verifiers>> authentication_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit, Providers first) {
  if (!settings.auth) return std::unique_ptr<auth::Verifiers>();
  Maker maker(settings, clock, emit);
  Providers providers = std::move(first);
  if (const auto& firebase = settings.auth->firebase) providers.push_back(ALJ_TRY(maker.firebase(*firebase)));
  for (const auto& [name, section] : settings.auth->oidc) providers.push_back(ALJ_TRY(maker.oidc(name, section)));
  if (const auto& secret = settings.auth->secret) providers.push_back(ALJ_TRY(maker.secret(*secret)));
  return std::make_unique<auth::Verifiers>(std::move(providers), clock, std::move(emit));
}

}  // namespace aljibe::app
