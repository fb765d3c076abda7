#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace aljibe::detail {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "aljibe: assertion failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace aljibe::detail
