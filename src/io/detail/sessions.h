#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/limits.h"
#include "io/detail/addresses.h"
#include "io/handler.h"

namespace aljibe::io::detail {

using Instant = std::chrono::steady_clock::time_point;

/// What all I/O threads of a server share.
struct Shared {
  Limits limits;
  std::vector<Network> trusted;
  Handler& handler;
  Observer& observer;
  std::atomic<std::size_t> connections{0};
  Addresses addresses;
  std::atomic<bool> is_draining{false};
};

/// A connection as its thread's clock sees it.
class Session {
 public:
  virtual ~Session() = default;
  /// Interrupts what it waits for, so that it looks at its deadline and at the drain.
  virtual void wake() = 0;
  /// Ends it, whatever it does.
  virtual void kill() = 0;

  [[nodiscard]] bool is_idle() const { return is_idle_; }
  [[nodiscard]] Instant deadline() const { return deadline_; }

 protected:
  bool is_idle_ = false;
  Instant deadline_ = Instant::max();

 private:
  friend class Sessions;
  std::size_t index_ = 0;
};

/// The connections of one I/O thread and that thread's coarse clock: no timer is armed for a request, the deadlines are
/// looked over at each tick.
class Sessions {
 public:
  void add(Session& session);
  void remove(Session& session);
  [[nodiscard]] bool is_empty() const { return sessions_.empty(); }

  /// Moves the clock, wakes what is late, writes the common fields anew.
  void tick(Instant now, std::chrono::system_clock::time_point wall);
  [[nodiscard]] Instant now() const { return now_; }
  /// What every answer says: the date, and what keeps browsers from doing more than they should.
  [[nodiscard]] const std::string& plain_fields() const { return plain_fields_; }
  [[nodiscard]] const std::string& https_fields() const { return https_fields_; }

  void wake_idle();
  void kill_all();

 private:
  std::vector<Session*> sessions_;
  Instant now_{};
  std::chrono::sys_seconds date_{};
  std::string plain_fields_;
  std::string https_fields_;
};

/// How often to tick, so that each limit is kept to within a quarter of itself.
std::chrono::milliseconds tick_interval(const Limits& limits);

}  // namespace aljibe::io::detail
