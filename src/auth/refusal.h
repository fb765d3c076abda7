#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::auth {

/// Why a token is not taken. The reason is one word for logs and metrics, which a caller may know too: it stands in the error's details.
/// The sentence never holds bytes of the token.
inline std::unexpected<Error> refuse(std::string_view reason, std::string sentence) {
  return fail(Code::token_invalid, std::move(sentence), std::string(reason));
}
/// The same of a token that was good once, or will be.
inline std::unexpected<Error> refuse_for_time(std::string_view reason, std::string sentence) {
  return fail(Code::token_expired, std::move(sentence), std::string(reason));
}

}  // namespace aljibe::auth
