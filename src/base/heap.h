#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace aljibe {

/// What the allocator takes for `asked` bytes: glibc's malloc puts eight in front and rounds up to sixteens, 32 at least.
constexpr std::size_t heap_bytes(std::size_t asked) {
  constexpr std::size_t head = 8, step = 16, least = 32;
  return asked == 0 ? 0 : std::max(least, (asked + head + step - 1) / step * step);
}

/// What a text takes beside the string object.
inline std::size_t heap_bytes(const std::string& text) {
  static const std::size_t inside = std::string().capacity();
  return text.capacity() > inside ? heap_bytes(text.capacity() + 1) : 0;
}

/// What std::make_shared takes for an object: its counts stand in front.
template <class T>
constexpr std::size_t shared_heap_bytes() {
  constexpr std::size_t counts = 16;
  return heap_bytes(sizeof(T) + counts);
}

}  // namespace aljibe
