#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aljibe::store {

/// Which rows may have a key: 32 bits of the key's hash and the row's number, 8 bytes a key. It never forgets a key, and
/// seldom names a row that has another one; the caller compares.
class KeySet {
 public:
  explicit KeySet(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Calls `is_same(row)` for each row whose key may be the one with this hash, until it says yes; then nothing is added.
  /// Otherwise the key is added for `row`. Whether it is new.
  template <class IsSame>
  bool insert(std::uint64_t hash, std::uint32_t row, IsSame&& is_same) {
    Part& part = parts_[hash >> 56];
    if ((part.used + 1) * 4 > part.slots.size() * 3) grow(part);
    const auto tag = static_cast<std::uint32_t>(hash);
    const std::size_t mask = part.slots.size() - 1;
    std::size_t slot = tag & mask;
    while (part.slots[slot].row != empty) {
      if (part.slots[slot].tag == tag && is_same(part.slots[slot].row)) return false;
      slot = (slot + 1) & mask;
    }
    part.slots[slot] = {tag, row};
    ++part.used;
    return true;
  }

  /// Whether it has reached its bound, or the rows have: the caller should go on without it.
  [[nodiscard]] bool is_full() const { return bytes_ > bytes_max_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  static constexpr std::uint32_t empty = UINT32_MAX;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row = empty;
  };
  struct Part {
    std::vector<Slot> slots;
    std::size_t used = 0;
  };

  void grow(Part& part);

  std::array<Part, 256> parts_;  // by the hash's first byte: each grows alone, so that growing needs little at once
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
};

}  // namespace aljibe::store
