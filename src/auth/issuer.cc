#include "auth/issuer.h"

#include <algorithm>

#include "auth/json.h"
#include "auth/refusal.h"
#include "base/text.h"

namespace aljibe::auth {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::size_t subject_bytes_max = 128;  // of Firebase
constexpr std::size_t role_bytes_max = 128;

Issuer firebase_of(const std::string& project, Issuer::Kind kind, Algorithm algorithm) {
  Issuer issuer;
  issuer.kind = kind;
  issuer.name = "firebase";
  issuer.issuer = "https://securetoken.google.com/" + project;
  issuer.audiences = {project};
  issuer.algorithms = {algorithm};
  issuer.types = {"JWT"};
  return issuer;
}

bool is_firebase(const Issuer& issuer) { return issuer.kind != Issuer::Kind::plain; }

Result<void> check_type(const ParsedToken& token, const Issuer& issuer) {
  if (token.type.empty() || std::ranges::any_of(issuer.types, [&](const std::string& type) { return equal_ignoring_case(type, token.type); })) return {};
  return refuse("type", "The token is of a type that is not for asking an API.");
}

Result<void> check_audience(const ParsedToken& token, const Issuer& issuer) {
  if (issuer.audiences.empty()) return {};
  const bool is_meant = std::ranges::any_of(token.audiences, [&](const std::string& audience) { return std::ranges::find(issuer.audiences, audience) != issuer.audiences.end(); });
  // An ID token of Firebase has its project there, and nothing else.
  if (!is_meant || (is_firebase(issuer) && token.audiences.size() != 1)) return refuse("audience", "The token was made for somebody else.");
  return {};
}

std::unexpected<Error> missing(std::string_view claim) { return refuse("claim_missing", "The token has no claim " + std::string(claim) + "."); }

system_clock::time_point time_of(std::int64_t since_1970) { return system_clock::time_point(seconds(since_1970)); }

Result<void> check_past(std::optional<std::int64_t> since_1970, const Issuer& issuer, system_clock::time_point now) {
  if (since_1970 && time_of(*since_1970) > now + issuer.skew) return refuse_for_time("not_yet_valid", "The token is not valid yet.");
  return {};
}

Result<void> check_times(const ParsedToken& token, const Issuer& issuer, system_clock::time_point now) {
  if (!token.expires) return missing("exp");
  if (is_firebase(issuer) && !token.issued) return missing("iat");
  if (is_firebase(issuer) && !token.authenticated) return missing("auth_time");
  // RFC 7519 §4.1.4: on or after that time it is over.
  if (now >= time_of(*token.expires) + issuer.skew) return refuse_for_time("expired", "The token has expired.");
  ALJ_TRY(check_past(token.not_before, issuer, now));
  ALJ_TRY(check_past(token.issued, issuer, now));
  return check_past(token.authenticated, issuer, now);
}

Result<void> check_subject(const ParsedToken& token, const Issuer& issuer) {
  if (!is_firebase(issuer)) return {};
  if (!token.subject) return missing("sub");
  if (token.subject->empty() || token.subject->size() > subject_bytes_max) return refuse("subject", "The token's subject is empty or too long.");
  return {};
}

/// A member of the payload by its path. A name with dots in it, as Auth0's are, is tried whole first.
const Json* at(const Json& json, std::string_view path) {
  if (const auto* const member = json.find(path); member != nullptr) return member;
  for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const auto* const outer = json.find(path.substr(0, dot));
    const auto* const inner = outer == nullptr ? nullptr : at(*outer, path.substr(dot + 1));
    if (inner != nullptr) return inner;
  }
  return nullptr;
}

}  // namespace

Issuer Issuer::firebase(const std::string& project) { return firebase_of(project, Kind::firebase, Algorithm::rs256); }
Issuer Issuer::firebase_emulator(const std::string& project) { return firebase_of(project, Kind::firebase_emulator, Algorithm::none); }

Result<void> check(const Issuer& issuer) {
  const auto wrong = [](std::string why) { return fail(Code::config_value_invalid, std::move(why)); };
  if (issuer.algorithms.empty()) return wrong("An issuer needs an algorithm.");
  if (issuer.skew < seconds(0) || issuer.skew > skew_max) return wrong("Clocks may differ by 60 seconds at most.");
  const auto first = family(issuer.algorithms.front());
  if (std::ranges::any_of(issuer.algorithms, [&](Algorithm algorithm) { return family(algorithm) != first; })) return wrong("Algorithms with public keys and with shared secrets may not stand together.");
  if (first == Family::unsigned_ && issuer.kind != Issuer::Kind::firebase_emulator) return wrong("A token must be signed.");
  return {};
}

Result<void> admit(const ParsedToken& token, const Issuer& issuer) {
  if (token.is_opaque() || std::ranges::find(issuer.algorithms, token.algorithm) == issuer.algorithms.end()) {
    return refuse("algorithm", "The token's algorithm is not one that is accepted.");
  }
  return {};
}

Result<std::optional<std::string>> role_in(const Json& payload, std::string_view path) {
  const auto* const claim = at(payload, path);
  if (claim == nullptr || claim->kind() == Json::Kind::null) return std::nullopt;
  if (claim->kind() == Json::Kind::list && claim->items().empty()) return std::nullopt;
  const auto role = claim->kind() == Json::Kind::list ? claim->items().front().text() : claim->text();
  if (!role || role->empty() || role->size() > role_bytes_max) return refuse("role", "The claim that names the role is not a short text, nor a list of such.");
  return std::string(*role);
}

Result<Identity> judge_claims(const ParsedToken& token, const Issuer& issuer, system_clock::time_point now) {
  if (token.issuer != issuer.issuer) return refuse("issuer", "The token is of an issuer that is not known here.");
  ALJ_TRY(check_type(token, issuer));
  ALJ_TRY(check_audience(token, issuer));
  ALJ_TRY(check_times(token, issuer, now));
  ALJ_TRY(check_subject(token, issuer));
  auto role = ALJ_TRY(role_in(token.payload, issuer.role_claim));
  return Identity{.role = std::move(role).value_or(issuer.default_role), .issuer = issuer.issuer.value_or(issuer.name), .subject = token.subject.value_or(""), .claims = token.claims, .expires = time_of(*token.expires)};
}

Result<std::shared_ptr<const Identity>> verify(const ParsedToken& token, const Issuer& issuer, const KeySet& keys, system_clock::time_point now) {
  ALJ_TRY(admit(token, issuer));
  if (issuer.kind == Issuer::Kind::firebase && !token.kid) return refuse("header", "The token's header has no kid.");
  if (issuer.kind == Issuer::Kind::firebase_emulator) {
    if (!token.signature.empty()) return refuse("signature", "The token's signature is wrong.");
  } else {
    ALJ_TRY(keys.verify(token));
  }
  return std::make_shared<const Identity>(ALJ_TRY(judge_claims(token, issuer, now)));
}

}  // namespace aljibe::auth
