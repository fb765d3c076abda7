#pragma once

namespace aljibe::detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

/// A broken invariant is our fault: always checked, logged, and the process stops.
#define ALJ_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::aljibe::detail::assertion_failed(#condition, __FILE__, __LINE__))
