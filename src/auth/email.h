#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::auth {

/// What two spellings of an address have in common: blanks around it gone, ASCII letters small.
///
/// Errors:  email_invalid; such a text can stand in no header of a message.
/// Source:  RFC 5321 §4.5.3.1 for the lengths. Whether an address is real only a message to it tells.
Result<std::string> email_key(std::string_view email);

}  // namespace aljibe::auth
