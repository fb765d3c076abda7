#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::http {

enum class Coding : std::uint8_t { identity, gzip, br, zstd };

/// As in Content-Encoding.
std::string_view coding_name(Coding coding);

/// Below this a coded body is not worth its head: it fits one packet either way.
inline constexpr std::size_t encode_bytes_min = 1'000;

/// The whole body, coded. Deterministic: the same bytes for the same text.
/// Errors: internal, when the library refuses.
Result<std::string> encode(std::string_view body, Coding coding);

}  // namespace aljibe::http
