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
  Connection(std::unique_ptr<Stream> stream, const http::Client& peer, Admission admission, Sessions& sessions, Shared& shared)
      : stream_(std::move(stream)), peer_(peer), admission_(admission), sessions_(sessions), shared_(shared), parser_(shared.limits) {
    came_from(peer_);
    is_of_proxy_ = std::ranges::any_of(shared.trusted, [&](const Network& network) { return network.contains(peer.address); });
    sessions_.add(*this);
    shared_.observer.connection_opened();
  }
  ~Connection() override {
    sessions_.remove(*this);
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
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
    if (admission_ == Admission::refused) {
      co_await send_last(Error(Code::overloaded));
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
    deadline_ = phase == Phase::answering ? Instant::max() : sessions_.now() + timeout(phase);
  }

  std::chrono::milliseconds timeout(Phase phase) const {
    const auto& limits = shared_.limits;
    switch (phase) {
      case Phase::idle: return limits.idle_timeout;
      case Phase::head: return limits.head_timeout;
      case Phase::body: return limits.request_timeout;
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
        co_return Next::more;
      }
      if (condition != Condition::woken) co_return Next::close;
      if (!is_late()) continue;
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
      if (is_of_proxy_) came_from(http::client_of(request_, peer_, shared_.trusted));
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
    is_last_ = !request_.keep_alive || response.close || is_draining();
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

  void add(http::Response response) {
    const auto body = response.omit_body || request_.method == http::Method::head ? BodyPart::omitted : BodyPart::sent;
    auto persistence = request_.minor_version == 0 ? Persistence::keep_alive : Persistence::implied;
    if (is_last_) persistence = Persistence::close;
    outbox_.add(std::move(response), sessions_.date_line(), persistence, body);
  }

  /// Refuses, as the last answer.
  Task<void> send_last(Error error) {
    shared_.observer.refused(error.code());
    outbox_.add(http::refusal(error), sessions_.date_line(), Persistence::close, BodyPart::sent);
    has_said_last_ = co_await send() == Next::more;
  }

  /// Sends what the outbox holds.
  Task<Next> send() {
    enter(Phase::sending);
    while (!outbox_.is_empty()) {
      if (is_killed_) co_return Next::close;
      auto moved = stream_->write_now(outbox_);
      outbox_.sent(moved.bytes);
      if (moved.condition == Condition::good) continue;
      if (moved.condition == Condition::blocked) moved = co_await stream_->write(outbox_);
      outbox_.sent(moved.bytes);
      if (moved.condition == Condition::ended || (moved.condition == Condition::woken && is_late())) co_return Next::close;
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
  const http::Client peer_;
  bool is_of_proxy_ = false;  // each of its requests may be another client's
  std::string client_;
  const Admission admission_;
  Sessions& sessions_;
  Shared& shared_;
  Inbox inbox_;
  Outbox outbox_;
  Parser parser_;
  http::Request request_;
  Phase phase_ = Phase::lingering;
  bool is_killed_ = false;
  bool is_last_ = false;        // the answer that was added last ends the connection
  bool has_said_last_ = false;  // the peer has an answer to read before the connection ends
};

Task<void> serve(std::unique_ptr<Connection> connection) {
  co_await connection->serve();
}

}  // namespace

void start_connection(asio::io_context& context, std::unique_ptr<Stream> stream, const http::Client& peer, Admission admission,
                      Sessions& sessions, Shared& shared) {
  auto connection = std::make_unique<Connection>(std::move(stream), peer, admission, sessions, shared);
  asio::co_spawn(context, serve(std::move(connection)), asio::detached);
}

}  // namespace aljibe::io::detail
