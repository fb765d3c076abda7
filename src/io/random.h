#pragma once

#include <cstdint>

namespace aljibe::io {

/// A seed that nobody outside can foresee, for hashes and for spreading; no secret.
std::uint64_t random_seed();

}  // namespace aljibe::io
