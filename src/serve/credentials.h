#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace aljibe::serve {

/// The token of "Bearer TOKEN" (RFC 6750 §2.1).
/// Errors: token_invalid.
Result<std::string_view> bearer_token(std::string_view authorization);

/// The token that a request brings, in Authorization, or without that in `apikey`; nothing when it brings none. Never one of the
/// target, where it would stand in logs.
/// Errors: token_invalid.
Result<std::optional<std::string_view>> token_of(const http::Request& request);

}  // namespace aljibe::serve
