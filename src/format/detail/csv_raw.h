#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace aljibe::format::detail {

/// How much of a record that is too large is kept for its reject.
inline std::size_t raw_bytes_kept(std::size_t record_bytes_max) { return std::min<std::size_t>(record_bytes_max, 4096); }

std::string too_large_message(std::size_t record_bytes_max);

}  // namespace aljibe::format::detail
