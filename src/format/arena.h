#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace aljibe::format {

/// Room for texts that could not stay as they stand in the source: unescaped, decoded or normalised. It grows by blocks
/// whose addresses stay; `release` hands them to Batch::arena.
class Arena {
 public:
  /// Space for `bytes` bytes that the caller fills.
  char* take(std::size_t bytes) {
    if (bytes > left_) grow(bytes);
    char* const space = next_;
    next_ += bytes;
    left_ -= bytes;
    return space;
  }

  /// A copy of `text` that lives as long as the arena's blocks.
  std::string_view keep(std::string_view text) {
    char* const space = take(text.size());
    text.copy(space, text.size());
    return {space, text.size()};
  }

  /// Every block; the arena is empty and usable afterwards.
  std::vector<std::unique_ptr<char[]>> release() {
    next_ = nullptr;
    left_ = 0;
    return std::exchange(blocks_, {});
  }

 private:
  void grow(std::size_t bytes) {
    // Small at first: most bodies of requests hardly need room, and large blocks are dear to make.
    constexpr std::size_t first_bytes = 1024;
    constexpr std::size_t block_bytes_max = 64 * 1024;
    left_ = std::max(bytes, std::min(first_bytes << std::min<std::size_t>(2 * blocks_.size(), 6), block_bytes_max));
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace aljibe::format
