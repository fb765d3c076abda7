#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/algorithm.h"
#include "auth/identity.h"
#include "auth/key.h"
#include "auth/parsed_token.h"
#include "base/result.h"

namespace aljibe::auth {

/// What a token of one issuer must be like.
struct Issuer {
  enum class Kind : std::uint8_t {
    plain,             // RFC 7519
    firebase,          // an ID token of Firebase Authentication
    firebase_emulator  // the same, signed by nobody
  };
  Kind kind = Kind::plain;
  std::string name;                        // for people and metrics
  std::optional<std::string> issuer;       // compared byte by byte; nothing: the token must name none
  std::vector<std::string> audiences;      // one of them must be meant; empty: the audience is not looked at
  std::vector<Algorithm> algorithms;       // of one family
  std::vector<std::string> types = default_types();  // of the header's typ, in any case of letters; none at all is fine
  std::chrono::seconds skew{30};           // by which clocks may differ
  std::string role_claim = "role";
  std::string default_role = "authenticated";

  static std::vector<std::string> default_types() { return {"JWT", "at+jwt", "application/at+jwt"}; }
  /// https://firebase.google.com/docs/auth/admin/verify-id-tokens
  static Issuer firebase(const std::string& project);
  /// Tokens of the emulator are signed by nobody.
  static Issuer firebase_emulator(const std::string& project);
};

inline constexpr std::chrono::seconds skew_max{60};

/// Errors: config_value_invalid: no algorithm, both families, too much skew.
Result<void> check(const Issuer& issuer);

/// Whether the token's algorithm is one of this issuer's. Asked before any key is looked for.   Errors: token_invalid (algorithm).
Result<void> admit(const ParsedToken& token, const Issuer& issuer);

/// What the claims of a token say, whose signature holds.
/// Errors: token_invalid: type, issuer, audience, subject, claim_missing, role; token_expired: expired, not_yet_valid.
Result<Identity> judge_claims(const ParsedToken& token, const Issuer& issuer, std::chrono::system_clock::time_point now);

/// All of it: algorithm, signature, claims, in this order.
Result<std::shared_ptr<const Identity>> verify(const ParsedToken& token, const Issuer& issuer, const KeySet& keys, std::chrono::system_clock::time_point now);

/// The role that the payload names: a text at the path, or the first of a list of texts. Nothing when there is no such claim, or an empty list.
/// Errors: token_invalid (role) when the claim is something else.
Result<std::optional<std::string>> role_in(const Json& payload, std::string_view path);

}  // namespace aljibe::auth
