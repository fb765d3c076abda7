// One connection: receive, answer every whole request that is there, send the answers together, again.
//
// Time is kept by deadlines that the thread's tick looks over (sessions.h), one for what the connection does at the moment:
//
//   idle → head → body → answering (the handler keeps its own deadline) → sending → idle … → lingering
//
// A head has one deadline from its first byte on, so that a byte now and then does not keep a connection alive.
#include "io/detail/connection.h"

#include <algorithm>
#include <array>
#include <exception>
#include <random>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "http/client.h"
#include "http/parse.h"
#include "http/refusal.h"
#include "io/detail/inbox.h"
#include "io/detail/outbox.h"

namespace aljibe::io::detail {
namespace {

namespace asio = boost::asio;
using http::Parser;

enum class Phase : std::uint8_t { idle, head, body, answering, sending, lingering };
/// What has to be waited for.
enum class Step : std::uint8_t { receive, answer, send, refuse, close };
enum class Next : std::uint8_t { more, close };

constexpr std::chrono::milliseconds linger_timeout{1'000};
constexpr std::size_t linger_bytes_max = 256 * 1024;
constexpr std::size_t outbox_bytes_max = 1024 * 1024;  // then answers are sent before the next request is looked at

std::string incident_id() {
  static constexpr std::string_view digits = "0123456789abcdef";
  thread_local std::mt19937_64 random(std::random_device{}());
  std::string id;
  for (auto [bits, i] = std::pair(random(), 0); i < 16; ++i, bits >>= 4) id += digits[bits & 15];
  return id;
}

/// Must be called while an exception is handled.
std::string exception_text() {
  try {
    throw;
  } catch (const std::exception& thrown) {
    return thrown.what();
  } catch (...) {
    return "something that is not a std::exception";
  }
}

class Connection final : public Session {
 public:
  Connection(std::unique_ptr<Stream> stream, const Admission& admission, Sessions& sessions, Shared& shared)
      : stream_(std::move(stream)), admission_(admission), sessions_(sessions), shared_(shared), parser_(shared.limits) {
    came_from(admission_.peer);
    sessions_.add(*this);
    shared_.observer.connection_opened();
  }
  ~Connection() override {
    sessions_.remove(*this);
    leave(shared_, admission_);
    shared_.observer.connection_closed();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void wake() override { stream_->cancel(); }
  void kill() override {
    is_killed_ = true;
    stream_->close();
  }

  Task<void> serve() {
    enter(Phase::head);
    if (admission_.refusal) {
      co_await send_last(Error(*admission_.refusal));
    } else if (co_await stream_->open() == Condition::good) {
      while (co_await receive() == Next::more && co_await answer_received() == Next::more) continue;
    }
    if (has_said_last_) co_await linger();
  }

 private:
  void enter(Phase phase) {
    is_idle_ = phase == Phase::idle;
    if (phase_ == phase && phase != Phase::idle) return;
    phase_ = phase;
    began_ = watched_ = sessions_.now();
    moved_ = 0;
    deadline_ = phase == Phase::answering ? Instant::max() : began_ + timeout(phase);
  }

  /// At the deadline of a body or of answers: whether as many bytes moved since it was set as a slow but honest client moves. Then there
  /// is another one.
  bool keeps_pace(std::uint64_t rate) {
    const auto now = sessions_.now();
    const auto due = rate * static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now - watched_).count()) / 1'000;
    if (moved_ < std::max<std::size_t>(due, 1)) return false;
    watched_ = now;
    moved_ = 0;
    deadline_ = now + timeout(phase_);
    return true;
  }

  bool is_body_late() {
    const auto& limits = shared_.limits;
    const auto end = began_ + limits.body_timeout;
    if (end <= sessions_.now() || limits.body_rate_min == 0 || !keeps_pace(limits.body_rate_min)) return true;
    deadline_ = std::min(deadline_, end);
    return false;
  }

  std::chrono::milliseconds timeout(Phase phase) const {
    const auto& limits = shared_.limits;
    switch (phase) {
      case Phase::idle: return limits.idle_timeout;
      case Phase::head: return limits.head_timeout;
      case Phase::body: return limits.body_rate_min > 0 ? std::min(limits.body_grace, limits.body_timeout) : limits.body_timeout;
      case Phase::sending: return limits.write_timeout;
      case Phase::lingering: return linger_timeout;
      case Phase::answering: break;
    }
    return limits.request_timeout;
  }

  void came_from(const http::Client& client) {
    client_ = client.address.text();
    request_.peer = client_;
    request_.address = client.address;
    request_.is_https = client.is_https;
  }

  bool is_late() const { return deadline_ <= sessions_.now(); }
  bool is_draining() const { return shared_.is_draining.load(std::memory_order_relaxed); }

  Task<Next> receive() {
    enter(inbox_.is_empty() ? Phase::idle : parser_.is_in_body() ? Phase::body : Phase::head);
    if (inbox_.is_empty()) inbox_.shrink();
    for (;;) {
      if (is_killed_) co_return Next::close;
      if (phase_ == Phase::idle && is_draining()) {
        const auto room = inbox_.room();
        const auto received = stream_->read_now(room);
        inbox_.received(received);
        co_return received > 0 ? Next::more : Next::close;
      }
      const auto [condition, bytes] = co_await stream_->read(inbox_.room());
      if (condition == Condition::good) {
        inbox_.received(bytes);
        moved_ += bytes;
        co_return Next::more;
      }
      if (condition != Condition::woken) co_return Next::close;
      if (!is_late() || (phase_ == Phase::body && !is_body_late())) continue;
      if (phase_ != Phase::idle) co_await send_last(Error(Code::http_timeout));
      co_return Next::close;
    }
  }

  /// Answers every whole request in the inbox and sends the answers.
  Task<Next> answer_received() {
    for (;;) {
      switch (advance()) {
        case Step::receive: co_return Next::more;
        case Step::close: co_return Next::close;
        case Step::send:
          if (co_await send() == Next::close) co_return Next::close;
          break;
        case Step::answer: {
          if (!outbox_.is_empty() && co_await send() == Next::close) co_return Next::close;
          enter(Phase::answering);
          settle(co_await answer());
          break;
        }
        case Step::refuse: co_await send_last(Error(parser_.error())); co_return Next::close;
      }
    }
  }

  /// Parses, answers and sends as far as nothing has to be waited for; says what has.
  Step advance() {
    while (!is_last_) {
      const auto outcome = parser_.parse(inbox_.bytes(), request_);
      if (outcome == Parser::Outcome::error) return Step::refuse;
      if (outcome == Parser::Outcome::need_more) break;
      enter(Phase::answering);
      if (admission_.is_trusted) came_from(http::client_of(request_, admission_.peer, shared_.trusted));
      auto response = answer_now();
      if (!response) return Step::answer;
      settle(std::move(*response));
      if (outbox_.answers() >= shared_.limits.pipelined_max || outbox_.bytes() > outbox_bytes_max) return Step::send;
    }
    if (parser_.waits_for_continue()) {
      outbox_.add_raw("HTTP/1.1 100 Continue\r\n\r\n");
      parser_.continued();
    }
    return send_now();
  }

  /// The answer of the current request, which leaves the inbox with it.
  void settle(http::Response response) {
    is_last_ = !request_.keep_alive || response.close || is_draining() || ++answered_ >= shared_.limits.requests_per_connection_max;
    add(std::move(response));
    inbox_.consume(parser_.consumed());
    parser_.next();
  }

  Step send_now() {
    while (!outbox_.is_empty()) {
      const auto moved = stream_->write_now(outbox_);
      outbox_.sent(moved.bytes);
      if (moved.condition == Condition::ended) return Step::close;
      if (moved.condition == Condition::blocked) return Step::send;
    }
    has_said_last_ = is_last_;
    return is_last_ ? Step::close : Step::receive;
  }

  std::optional<http::Response> answer_now() {
    try {
      return shared_.handler.answer_now(request_);
    } catch (...) {
      return incident(exception_text());
    }
  }

  Task<http::Response> answer() {
    std::string thrown;
    try {
      co_return co_await shared_.handler.answer(request_);
    } catch (...) {
      thrown = exception_text();
    }
    co_return incident(thrown);
  }

  http::Response incident(const std::string& what) {
    const auto id = incident_id();
    shared_.observer.incident(id, what);
    return http::refusal(Error(Code::internal, "", "incident " + id));
  }

  const std::string& common_fields() const { return request_.is_https ? sessions_.https_fields() : sessions_.plain_fields(); }

  void add(http::Response response) {
    const auto body = response.omit_body || request_.method == http::Method::head ? BodyPart::omitted : BodyPart::sent;
    auto persistence = request_.minor_version == 0 ? Persistence::keep_alive : Persistence::implied;
    if (is_last_) persistence = Persistence::close;
    outbox_.add(std::move(response), common_fields(), persistence, body);
  }

  /// Refuses, as the last answer.
  Task<void> send_last(Error error) {
    shared_.observer.refused(error.code(), client_);
    outbox_.add(http::refusal(error), common_fields(), Persistence::close, BodyPart::sent);
    has_said_last_ = co_await send() == Next::more;
  }

  /// What the peer's machine has not taken yet.
  std::size_t untaken() const { return outbox_.bytes() + stream_->unacknowledged(); }

  /// What the kernel takes from here says little: it keeps megabytes of what nobody reads.
  bool is_taking_late(std::size_t& left) {
    if (!is_late()) return false;
    moved_ = left - std::min(left, untaken());
    left -= moved_;
    return !keeps_pace(shared_.limits.write_rate_min);
  }

  /// Sends what the outbox holds.
  Task<Next> send() {
    enter(Phase::sending);
    auto left = untaken();
    while (!outbox_.is_empty()) {
      if (is_killed_) co_return Next::close;
      auto moved = stream_->write_now(outbox_);
      outbox_.sent(moved.bytes);
      if (moved.condition == Condition::good) continue;
      if (moved.condition == Condition::blocked) moved = co_await stream_->write(outbox_);
      outbox_.sent(moved.bytes);
      if (moved.condition == Condition::ended || (moved.condition == Condition::woken && is_taking_late(left))) co_return Next::close;
    }
    co_return Next::more;
  }

  /// Closing while the peer still sends would make the kernel throw away the answer (RFC 9112 §9.6).
  Task<void> linger() {
    enter(Phase::lingering);
    co_await stream_->finish();
    std::array<char, 4096> dropped;
    for (std::size_t total = 0; total < linger_bytes_max;) {
      if (is_killed_ || is_late()) co_return;
      const auto [condition, bytes] = co_await stream_->read_raw(dropped);
      if (condition == Condition::ended) co_return;
      total += bytes;
    }
  }

  std::unique_ptr<Stream> stream_;
  std::string client_;  // who asks, as text
  const Admission admission_;
  Sessions& sessions_;
  Shared& shared_;
  Inbox inbox_;
  Outbox outbox_;
  Parser parser_;
  http::Request request_;
  Phase phase_ = Phase::lingering;
  Instant began_{};        // the phase
  Instant watched_{};      // since when moved_ is counted
  std::size_t moved_ = 0;  // bytes of a body
  std::size_t answered_ = 0;
  bool is_killed_ = false;
  bool is_last_ = false;        // the answer that was added last ends the connection
  bool has_said_last_ = false;  // the peer has an answer to read before the connection ends
};

Task<void> serve(std::unique_ptr<Connection> connection) {
  co_await connection->serve();
}

}  // namespace

void leave(Shared& shared, const Admission& admission) {
  shared.connections.fetch_sub(1, std::memory_order_relaxed);
  if (admission.is_counted) shared.addresses.left(admission.peer.address.household());
}

void start_connection(asio::io_context& context, std::unique_ptr<Stream> stream, const Admission& admission, Sessions& sessions,
                      Shared& shared) {
  auto connection = std::make_unique<Connection>(std::move(stream), admission, sessions, shared);
  asio::co_spawn(context, serve(std::move(connection)), asio::detached);
}

}  // namespace aljibe::io::detail
