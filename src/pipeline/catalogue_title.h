#pragma once

#include <cstddef>
#include <string_view>

#include "pipeline/catalogue_random.h"

namespace aljibe::pipeline {

inline constexpr std::size_t title_bytes_max = 400;

/// Writes a product's title at `out`, unquoted. Out: bytes written, at most title_bytes_max.
std::size_t write_title(char* out, std::string_view noun, Random& random);

}  // namespace aljibe::pipeline
