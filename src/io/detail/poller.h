#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "io/detail/fd.h"
#include "io/detail/stream.h"
#include "io/task.h"

namespace aljibe::io::detail {

class Watch;

/// Tells the connections of one I/O thread when they can be read or written. Used by that thread only.
class Poller {
 public:
  explicit Poller(boost::asio::io_context& context);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Lets the event loop end.
  void stop();

 private:
  friend class Watch;
  class State;
  std::unique_ptr<State> state_;
};

enum class Direction : std::uint8_t { reading, writing };

/// A socket that a poller watches; one coroutine at a time waits for it.
class Watch {
 public:
  /// Owns `fd`, which does not block.
  Watch(Poller& poller, Fd fd);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  [[nodiscard]] int number() const { return fd_.number(); }

  /// Whether trying is worth a system call: something happened since exhausted().
  [[nodiscard]] bool is_ready(Direction direction) const { return direction == Direction::reading ? is_readable_ : is_writable_; }
  /// The socket gave or took all it could. What the peer has ended stays readable, up to the end.
  void exhausted(Direction direction);

  using Waiter = std::move_only_function<void(Condition)>;
  /// Calls `waiter` when it is ready, woken by cancel() and close(). Only when it is not ready now.
  void wait(Direction direction, Waiter waiter);
  void cancel();
  void close();

 private:
  friend class Poller::State;
  void happened(std::uint32_t events);

  Poller::State& poller_;
  Fd fd_;
  bool is_readable_ = false;
  bool is_writable_ = true;
  bool has_peer_ended_ = false;
  Direction awaited_ = Direction::reading;
  Waiter waiter_;
};

}  // namespace aljibe::io::detail
