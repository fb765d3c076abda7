#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace aljibe::io::detail {

/// What a connection has received and not answered yet, contiguous. Grows only while one request needs it: whoever reads
/// parses before reading more, and the parser refuses what is past its limits.
class Inbox {
 public:
  static constexpr std::size_t bytes_min = 4096;

  [[nodiscard]] std::span<char> bytes() { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool is_empty() const { return begin_ == end_; }

  /// Room for more, at least one byte. Moves what `bytes()` gave.
  std::span<char> room() {
    if (end_ == capacity_) make_room();
    return {data_.get() + end_, capacity_ - end_};
  }
  void received(std::size_t bytes) { end_ += bytes; }

  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Gives back what a large request needed. Only when empty.
  void shrink() {
    if (capacity_ <= bytes_min) return;
    data_.reset();
    capacity_ = 0;
  }

 private:
  void make_room() {
    const auto size = end_ - begin_;
    if (begin_ > 0 && size <= capacity_ / 2) {
      std::memmove(data_.get(), data_.get() + begin_, size);
    } else {
      const auto capacity = std::max(bytes_min, capacity_ * 2);
      auto grown = std::make_unique_for_overwrite<char[]>(capacity);
      if (size > 0) std::memcpy(grown.get(), data_.get() + begin_, size);
      data_ = std::move(grown);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = size;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace aljibe::io::detail
