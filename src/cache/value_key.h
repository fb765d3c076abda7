#pragma once

#include <cstddef>
#include <cstdint>

#include "model/stored.h"

namespace aljibe::cache {

/// Of null, which equals nothing.
inline constexpr std::uint64_t no_key = 0;

/// Under which a value of a column is found: values that compare equal have one key.
std::uint64_t value_key(std::size_t column, const model::Stored& value);

}  // namespace aljibe::cache
