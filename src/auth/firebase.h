#pragma once

#include <string>

#include "auth/issuer_provider.h"
#include "base/result.h"

namespace aljibe::auth {

/// Where Firebase publishes the keys of its ID tokens.
inline constexpr std::string_view firebase_keys_url = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com";

/// What accounts:lookup says of a token's bearer: whether the account is there, not disabled, and has not been signed out everywhere since.
/// Errors: token_invalid (disabled), token_expired (revoked), auth_unavailable for all that is no answer to the question.
Result<void> judge_lookup(int status, std::string_view body, const ParsedToken& token);

/// Asks accounts:lookup.   In: `emulator` is HOST:PORT, or empty for Google.
StillHolds firebase_lookup(std::string api_key, const std::string& emulator);

/// "http://HOST:PORT/identitytoolkit.googleapis.com" or "https://identitytoolkit.googleapis.com"; the same of other services.
std::string firebase_base(std::string_view service, std::string_view emulator);

}  // namespace aljibe::auth
