#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "io/task.h"

namespace aljibe::io {

enum class Passage : std::uint8_t { opened, timed_out };

/// Something that happens once, and that coroutines on any I/O thread wait for. Threads: any.
class Gate {
 public:
  Gate();
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Lets everybody through, now and later.
  void open();
  [[nodiscard]] bool is_open() const;
  /// Returns at once when the gate is open. The gate outlives the wait.
  Task<Passage> wait_until(std::chrono::steady_clock::time_point deadline);

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// Waits; for retries that wait for something that gives no signal.
Task<void> sleep_for(std::chrono::milliseconds duration);

}  // namespace aljibe::io
