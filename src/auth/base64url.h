#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aljibe::auth {

/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), in the one spelling that each byte string has: nothing for padding, blanks,
/// letters of the other alphabet, a length that cannot be, and bits behind the last byte that are not zero.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view bytes);

}  // namespace aljibe::auth
