#include "store/sqlite/key_set.h"

#include <algorithm>
#include <utility>

namespace aljibe::store {

void KeySet::grow(Part& part) {
  const std::size_t size = std::max<std::size_t>(part.slots.size() * 2, 16);
  bytes_ += (size - part.slots.size()) * sizeof(Slot);
  const std::vector<Slot> old = std::exchange(part.slots, std::vector<Slot>(size));
  for (const Slot& each : old) {
    if (each.row == empty) continue;
    std::size_t slot = each.tag & (size - 1);
    while (part.slots[slot].row != empty) slot = (slot + 1) & (size - 1);
    part.slots[slot] = each;
  }
}

}  // namespace aljibe::store
