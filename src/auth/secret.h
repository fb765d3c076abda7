#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aljibe::auth {

/// Bytes that nobody can guess. Ends the process when the system has none to give.
std::string random_bytes(std::size_t count);
/// A secret of 256 bits as text that can stand in a URL.
std::string new_secret();
/// A name of 128 bits less the six of its form, as a UUID of version 4 (RFC 9562).
std::string new_id();
/// SHA-256. Of a secret of 256 bits nothing slower is needed: there is no list of them to try.
std::string secret_hash(std::string_view secret);

}  // namespace aljibe::auth
