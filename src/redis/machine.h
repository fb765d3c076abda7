#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "redis/reply.h"

namespace aljibe::redis {

using Instant = std::chrono::steady_clock::time_point;
/// Names a call; whoever submits chooses it.
using Ticket = std::uint64_t;

struct Credentials {
  std::string user;
  std::string password;  // empty: nobody signs in
};

struct MachineOptions {
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds reply_timeout{1000};
  std::chrono::milliseconds ping_after{30'000};
  std::chrono::milliseconds backoff_min{50};
  std::chrono::milliseconds backoff_max{5000};
  std::size_t in_flight_max = 10'000;  // and as many that wait for the first connection
  std::uint64_t seed = 1;              // of the jitter
};

enum class Asking : std::uint8_t { no, yes };

/// What happens to a connection.
namespace event {
struct Started {};
struct Opened {};  // connected, and encrypted where that is wanted
struct Lost {
  std::string why;
};
struct Submitted {
  Ticket ticket = 0;
  Asking asking = Asking::no;
};
/// Nobody waits for the call any more.
struct Withdrawn {
  Ticket ticket = 0;
};
struct Replied {
  Reply reply;
};
/// What arrives is no RESP3.
struct Garbled {
  std::string_view why;
};
struct Renewed {
  Credentials credentials;
};
struct Ticked {};
struct Stopped {};
}  // namespace event
using Event = std::variant<event::Started, event::Opened, event::Lost, event::Submitted, event::Withdrawn, event::Replied, event::Garbled, event::Renewed,
                           event::Ticked, event::Stopped>;

/// What is to be done, in this order.
namespace action {
struct Open {};
/// Nothing more is to be heard of this connection.
struct Close {};
struct Write {
  std::string bytes;
};
struct WriteCall {
  Ticket ticket = 0;
};
struct Deliver {
  Ticket ticket = 0;
  Reply reply;
};
/// Another node has the key: from now on, or with ASK for this call only.
struct Redirect {
  Ticket ticket = 0;
  Asking asking = Asking::no;
  std::uint16_t slot = 0;
  std::string host;  // empty: the host that said so
  std::uint16_t port = 0;
};
struct Fail {
  Ticket ticket = 0;
  Code code = Code::redis_unavailable;
  bool was_sent = false;  // and may have been done
};
struct Greeted {};
struct Disconnected {
  std::string why;
};
struct AuthenticationRefused {
  std::string why;
};
}  // namespace action
using Action = std::variant<action::Open, action::Close, action::Write, action::WriteCall, action::Deliver, action::Redirect, action::Fail, action::Greeted,
                            action::Disconnected, action::AuthenticationRefused>;

/// The life of one connection: open, greet, be ready, be lost, wait, open again. Replies belong to commands in their order.
///
/// Every ticket that is submitted is delivered, redirected or failed once. Texts hold no password.
class Machine {
 public:
  Machine(MachineOptions options, Credentials credentials);

  /// Appends to `actions`.
  void step(Instant now, Event event, std::vector<Action>& actions);

  /// When Ticked is due. Events move it; it is exact after each.
  [[nodiscard]] Instant wake_at() const;
  [[nodiscard]] bool is_ready() const { return phase_ == Phase::ready; }
  /// Whether a call would be taken: it is ready, or connects for the first time since it was.
  [[nodiscard]] bool is_taking() const;
  /// Attempts in a row that failed.
  [[nodiscard]] unsigned failures() const { return failures_; }

 private:
  enum class Phase : std::uint8_t { idle, opening, greeting, ready, waiting, stopped };
  enum class Kind : std::uint8_t { call, greeting, asking, authentication, ping };
  struct InFlight {
    Ticket ticket;
    Instant sent_at;
    Kind kind;
  };
  using Actions = std::vector<Action>;

  void on(Instant now, event::Started&, Actions& actions);
  void on(Instant now, event::Opened&, Actions& actions);
  void on(Instant now, event::Lost& lost, Actions& actions);
  void on(Instant now, event::Submitted& call, Actions& actions);
  void on(Instant now, event::Withdrawn& call, Actions& actions);
  void on(Instant now, event::Replied& replied, Actions& actions);
  void on(Instant now, event::Garbled& garbled, Actions& actions);
  void on(Instant now, event::Renewed& renewed, Actions& actions);
  void on(Instant now, event::Ticked&, Actions& actions);
  void on(Instant now, event::Stopped&, Actions& actions);

  void open(Instant now, Actions& actions);
  void write(Instant now, Kind kind, std::string bytes, Actions& actions);
  void write_call(Instant now, const event::Submitted& call, Actions& actions);
  void authenticate(Instant now, Actions& actions);
  void greeted(Instant now, const Reply& hello, Actions& actions);
  void answered(Instant now, Ticket ticket, Reply reply, Actions& actions);
  /// Closes what is open.
  void give_up(Instant now, std::string why, Code code, Actions& actions);
  void lose(Instant now, std::string why, Code code, Actions& actions);
  void fail_all(Code code, Actions& actions);
  [[nodiscard]] bool is_open() const { return phase_ == Phase::opening || phase_ == Phase::greeting || phase_ == Phase::ready; }
  [[nodiscard]] std::string without_secret(std::string_view text) const;
  std::chrono::milliseconds backoff();

  MachineOptions options_;
  Credentials credentials_;
  Phase phase_ = Phase::idle;
  unsigned failures_ = 0;
  bool is_renewed_ = false;      // since the greeting was sent
  Instant until_{};              // of opening and greeting: given up then; of waiting: opened again then
  Instant active_at_{};          // the last time that something was sent or came
  std::deque<InFlight> in_flight_;
  std::deque<event::Submitted> held_;  // submitted before the greeting was answered
  std::uint64_t random_;
};

}  // namespace aljibe::redis
