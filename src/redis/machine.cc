// idle → opening → greeting → ready, and from each of these to waiting when the connection is lost or given up, from where it
// opens again. There is no state in which a call waits for a server that has failed: calls are taken when ready, and held only
// while the first attempt lasts.
#include "redis/machine.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "redis/command.h"

namespace aljibe::redis {
namespace {

constexpr std::string_view name_told = "aljibe";

std::string_view user_of(const Credentials& credentials) { return credentials.user.empty() ? std::string_view("default") : credentials.user; }

std::string greeting(const Credentials& credentials) {
  if (credentials.password.empty()) return std::string(Command({"HELLO", "3", "SETNAME", name_told}, Command::no_key).bytes());
  return std::string(Command({"HELLO", "3", "AUTH", user_of(credentials), credentials.password, "SETNAME", name_told}, Command::no_key).bytes());
}

bool read_number(std::string_view text, std::uint16_t& number) {
  const auto* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && at == end;
}

/// "MOVED 12182 10.0.0.3:6379" or "ASK …".
std::optional<action::Redirect> redirect_of(std::string_view text) {
  action::Redirect redirect;
  if (text.starts_with("ASK ")) redirect.asking = Asking::yes;
  else if (!text.starts_with("MOVED ")) return std::nullopt;
  text.remove_prefix(text.find(' ') + 1);
  const auto space = text.find(' ');
  const auto colon = text.rfind(':');
  if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) return std::nullopt;
  if (!read_number(text.substr(0, space), redirect.slot) || redirect.slot >= slots) return std::nullopt;
  if (!read_number(text.substr(colon + 1), redirect.port) || redirect.port == 0) return std::nullopt;
  redirect.host = text.substr(space + 1, colon - space - 1);
  return redirect;
}

/// An old server repeats our arguments, the password among them, so its own words are not shown.
std::string why_refused(const Reply& hello) {
  if (hello.is_error("NOPROTO") || hello.text.starts_with("ERR unknown command")) return "The server does not speak RESP3; Redis 6 or newer is needed.";
  return "The server refused the greeting: " + hello.text;
}

}  // namespace

Machine::Machine(MachineOptions options, Credentials credentials)
    : options_(options), credentials_(std::move(credentials)), random_(options.seed * 2 + 1) {}

void Machine::step(Instant now, Event event, std::vector<Action>& actions) {
  if (phase_ == Phase::stopped && !std::holds_alternative<event::Submitted>(event)) return;
  std::visit([&](auto& happened) { on(now, happened, actions); }, event);
}

bool Machine::is_taking() const { return phase_ == Phase::ready || ((phase_ == Phase::opening || phase_ == Phase::greeting) && failures_ == 0); }

Instant Machine::wake_at() const {
  switch (phase_) {
    case Phase::opening:
    case Phase::greeting:
    case Phase::waiting: return until_;
    case Phase::ready: return in_flight_.empty() ? active_at_ + options_.ping_after : in_flight_.front().sent_at + options_.reply_timeout;
    case Phase::idle:
    case Phase::stopped: break;
  }
  return Instant::max();
}

void Machine::on(Instant now, event::Started&, Actions& actions) {
  if (phase_ == Phase::idle) open(now, actions);
}

void Machine::open(Instant now, Actions& actions) {
  phase_ = Phase::opening;
  until_ = now + options_.connect_timeout;
  actions.emplace_back(action::Open{});
}

void Machine::on(Instant now, event::Opened&, Actions& actions) {
  if (phase_ != Phase::opening) return;
  phase_ = Phase::greeting;
  is_renewed_ = false;
  write(now, Kind::greeting, greeting(credentials_), actions);
}

void Machine::write(Instant now, Kind kind, std::string bytes, Actions& actions) {
  in_flight_.push_back({.ticket = 0, .sent_at = now, .kind = kind});
  active_at_ = now;
  actions.emplace_back(action::Write{std::move(bytes)});
}

void Machine::on(Instant now, event::Submitted& call, Actions& actions) {
  const bool is_full = in_flight_.size() + held_.size() >= options_.in_flight_max;
  if (is_full || !is_taking()) actions.emplace_back(action::Fail{call.ticket});
  else if (phase_ == Phase::ready) write_call(now, call, actions);
  else held_.push_back(call);
}

void Machine::write_call(Instant now, const event::Submitted& call, Actions& actions) {
  if (call.asking == Asking::yes) write(now, Kind::asking, std::string(Command({"ASKING"}, Command::no_key).bytes()), actions);
  in_flight_.push_back({.ticket = call.ticket, .sent_at = now, .kind = Kind::call});
  active_at_ = now;
  actions.emplace_back(action::WriteCall{call.ticket});
}

void Machine::on(Instant, event::Withdrawn& call, Actions& actions) {
  if (std::erase_if(held_, [&](const event::Submitted& held) { return held.ticket == call.ticket; }) > 0) actions.emplace_back(action::Fail{call.ticket});
}

void Machine::on(Instant now, event::Replied& replied, Actions& actions) {
  if (phase_ != Phase::greeting && phase_ != Phase::ready) return;
  active_at_ = now;
  if (replied.reply.kind == Reply::Kind::push) return;
  if (in_flight_.empty()) return give_up(now, "The server sent a reply that nobody asked for.", Code::redis_protocol, actions);
  const auto first = in_flight_.front();
  in_flight_.pop_front();
  switch (first.kind) {
    case Kind::call: return answered(now, first.ticket, std::move(replied.reply), actions);
    case Kind::greeting: return greeted(now, replied.reply, actions);
    case Kind::authentication:
      if (replied.reply.is_error()) actions.emplace_back(action::AuthenticationRefused{without_secret(replied.reply.text)});
      return;
    case Kind::asking:
    case Kind::ping: return;
  }
}

void Machine::greeted(Instant now, const Reply& hello, Actions& actions) {
  if (hello.is_error()) return give_up(now, without_secret(why_refused(hello)), Code::redis_unavailable, actions);
  if (hello.kind != Reply::Kind::map) return give_up(now, "The server did not answer the greeting in RESP3.", Code::redis_protocol, actions);
  phase_ = Phase::ready;
  failures_ = 0;
  actions.emplace_back(action::Greeted{});
  if (is_renewed_) authenticate(now, actions);
  for (const auto& call : std::exchange(held_, {})) write_call(now, call, actions);
}

void Machine::answered(Instant now, Ticket ticket, Reply reply, Actions& actions) {
  if (reply.is_error()) {
    if (auto redirect = redirect_of(reply.text)) {
      redirect->ticket = ticket;
      actions.emplace_back(*std::move(redirect));
      return;
    }
  }
  const bool is_replica = reply.is_error("READONLY");
  actions.emplace_back(action::Deliver{ticket, std::move(reply)});
  // A failover made a replica of it: the name may lead to another server by now.
  if (is_replica) give_up(now, "The server has become a replica.", Code::redis_unavailable, actions);
}

void Machine::on(Instant now, event::Renewed& renewed, Actions& actions) {
  credentials_ = std::move(renewed.credentials);
  is_renewed_ = true;
  if (phase_ == Phase::ready) authenticate(now, actions);
  else if (phase_ == Phase::waiting) open(now, actions);
}

void Machine::authenticate(Instant now, Actions& actions) {
  is_renewed_ = false;
  if (credentials_.password.empty()) return;
  write(now, Kind::authentication, std::string(Command({"AUTH", user_of(credentials_), credentials_.password}, Command::no_key).bytes()), actions);
}

void Machine::on(Instant now, event::Ticked&, Actions& actions) {
  if (now < wake_at()) return;
  switch (phase_) {
    case Phase::opening: return give_up(now, "The server could not be connected to in time.", Code::redis_unavailable, actions);
    case Phase::greeting: return give_up(now, "The server did not answer the greeting in time.", Code::redis_unavailable, actions);
    case Phase::waiting: return open(now, actions);
    case Phase::ready:
      if (!in_flight_.empty()) return give_up(now, "The server did not answer in time.", Code::redis_unavailable, actions);
      return write(now, Kind::ping, std::string(Command({"PING"}, Command::no_key).bytes()), actions);
    case Phase::idle:
    case Phase::stopped: return;
  }
}

void Machine::on(Instant now, event::Garbled& garbled, Actions& actions) {
  if (is_open()) give_up(now, "What the server sent is not RESP3: " + std::string(garbled.why) + ".", Code::redis_protocol, actions);
}

void Machine::on(Instant now, event::Lost& lost, Actions& actions) {
  if (is_open()) lose(now, std::move(lost.why), Code::redis_unavailable, actions);
}

void Machine::on(Instant, event::Stopped&, Actions& actions) {
  if (is_open()) actions.emplace_back(action::Close{});
  phase_ = Phase::stopped;
  fail_all(Code::redis_unavailable, actions);
}

void Machine::give_up(Instant now, std::string why, Code code, Actions& actions) {
  actions.emplace_back(action::Close{});
  lose(now, std::move(why), code, actions);
}

void Machine::lose(Instant now, std::string why, Code code, Actions& actions) {
  phase_ = Phase::waiting;
  until_ = now + backoff();
  actions.emplace_back(action::Disconnected{std::move(why)});
  fail_all(code, actions);
}

void Machine::fail_all(Code code, Actions& actions) {
  for (const auto& sent : std::exchange(in_flight_, {})) {
    if (sent.kind == Kind::call) actions.emplace_back(action::Fail{sent.ticket, code, true});
  }
  for (const auto& call : std::exchange(held_, {})) actions.emplace_back(action::Fail{call.ticket, code});
}

std::string Machine::without_secret(std::string_view text) const {
  const auto& password = credentials_.password;
  if (!password.empty() && text.find(password) != std::string_view::npos) return "The server refused the credentials.";
  constexpr std::size_t bytes_max = 300;
  return std::string(text.substr(0, bytes_max));
}

/// Twice as long each time; between half of that and all of it, so that clients that lost a server together do not come back together.
std::chrono::milliseconds Machine::backoff() {
  auto pause = options_.backoff_min;
  for (unsigned i = 0; i < failures_ && pause < options_.backoff_max; ++i) pause *= 2;
  pause = std::min(pause, options_.backoff_max);
  ++failures_;
  random_ ^= random_ << 13U, random_ ^= random_ >> 7U, random_ ^= random_ << 17U;
  const auto half = pause / 2;
  return half + std::chrono::milliseconds(static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(half.count() + 1)));
}

}  // namespace aljibe::redis
