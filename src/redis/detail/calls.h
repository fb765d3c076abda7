#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "redis/command.h"
#include "redis/machine.h"
#include "redis/reply.h"

namespace aljibe::redis::detail {

class Node;

enum class Purpose : std::uint8_t { call, probe };

struct Call {
  Command command;
  Instant deadline;
  Instant begun_at;
  std::move_only_function<void(Result<Reply>)> done;  // empty once answered
  Purpose purpose = Purpose::call;
  unsigned redirects = 0;
  Node* node = nullptr;
};

/// The calls that nodes have not done with, by ticket. Used by one thread.
class Calls {
 public:
  Ticket add(Call call) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
      deadlines_.push_back(Instant::max());
    }
    const auto index = free_.back();
    free_.pop_back();
    deadlines_[index] = call.deadline;
    earliest_ = std::min(earliest_, call.deadline);
    slots_[index].call = std::move(call);
    return (Ticket{slots_[index].generation} << 32U) | index;
  }

  /// Valid until the next add().
  Call* find(Ticket ticket) {
    auto& slot = slots_[static_cast<std::uint32_t>(ticket)];
    return slot.call && slot.generation == ticket >> 32U ? &*slot.call : nullptr;
  }

  void remove(Ticket ticket) {
    const auto index = static_cast<std::uint32_t>(ticket);
    slots_[index].call.reset();
    ++slots_[index].generation;
    deadlines_[index] = Instant::max();
    free_.push_back(index);
  }

  /// No call has an earlier deadline; those that were answered since may have had.
  [[nodiscard]] Instant earliest() const { return earliest_; }

  /// The calls whose deadline has passed, each of them once.
  std::vector<Ticket> take_late(Instant now) {
    std::vector<Ticket> late;
    if (now < earliest_) return late;
    earliest_ = Instant::max();
    for (std::uint32_t index = 0; index < deadlines_.size(); ++index) {
      if (deadlines_[index] > now) {
        earliest_ = std::min(earliest_, deadlines_[index]);
      } else {
        deadlines_[index] = Instant::max();
        late.push_back((Ticket{slots_[index].generation} << 32U) | index);
      }
    }
    return late;
  }

  /// All of them.
  [[nodiscard]] std::vector<Ticket> tickets() const {
    std::vector<Ticket> all;
    for (std::uint32_t index = 0; index < slots_.size(); ++index) {
      if (slots_[index].call) all.push_back((Ticket{slots_[index].generation} << 32U) | index);
    }
    return all;
  }

 private:
  struct Slot {
    std::uint32_t generation = 0;
    std::optional<Call> call;
  };
  std::vector<Slot> slots_;
  std::vector<Instant> deadlines_;  // apart, because all of them are looked at
  std::vector<std::uint32_t> free_;
  Instant earliest_ = Instant::max();
};

}  // namespace aljibe::redis::detail
