#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "base/result.h"

namespace aljibe::auth {

inline constexpr std::string_view access_token_type = "at+jwt";  // RFC 9068 §2.1
inline constexpr std::size_t extra_claims_bytes_max = 1'000;

/// What an access token says beside its account.
struct TokenWords {
  std::string_view issuer;
  std::string_view audience;
  std::string_view role;       // never empty
  std::string_view session;
  std::int64_t began_at = 0;   // seconds since 1970: of the sign-in
  std::int64_t now = 0;
  std::chrono::seconds life{0};
};

/// The payload. The account's own claims come after the others and never in place of one of them.
std::string token_payload(const Account& account, const TokenWords& words);

/// In:      a JSON object of at most extra_claims_bytes_max bytes, without a name that tokens use for something else.
/// Out:     the same without blanks.
/// Errors:  value_invalid.
Result<std::string> check_claims(std::string_view json);

}  // namespace aljibe::auth
