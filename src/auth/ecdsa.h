#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe::auth {

// ECDSA signatures are r and s side by side in tokens (RFC 7518 §3.4), and ASN.1 in OpenSSL.

/// In: a signature that OpenSSL made; the bytes of one coordinate.
std::string raw_of_der(std::string_view der, std::size_t coordinate_bytes);

/// Nothing when the length is another than twice `order`'s, or r or s is not within 1 and order - 1.   In: `order` is big-endian.
std::optional<std::string> der_of_raw(std::string_view raw, std::string_view order);

}  // namespace aljibe::auth
