#include "io/random.h"

#include <random>

namespace aljibe::io {

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace aljibe::io
