#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aljibe::auth {

/// How a token may be signed (RFC 7518 §3, RFC 8037 §3.1). `none` is understood so that an emulator's tokens can be; nothing else takes it.
enum class Algorithm : std::uint8_t { none, hs256, hs384, hs512, rs256, rs384, rs512, ps256, es256, es384, eddsa };

/// Symmetric and asymmetric algorithms never stand in one list: a public key must not become a shared secret.
enum class Family : std::uint8_t { unsigned_, symmetric, asymmetric };

/// Of the exact spelling of the standard alone.
std::optional<Algorithm> algorithm_of(std::string_view name);
std::string_view name(Algorithm algorithm);
Family family(Algorithm algorithm);

}  // namespace aljibe::auth
