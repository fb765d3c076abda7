#include "io/detail/stream.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/detail/poller.h"

namespace aljibe::io::detail {
namespace {

namespace asio = boost::asio;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

constexpr std::size_t pieces_max = 64;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

Condition condition(const boost::system::error_code& error) {
  if (!error) return Condition::good;
  return error == asio::error::operation_aborted ? Condition::woken : Condition::ended;
}

Socket make_socket(asio::io_context& context, int fd, Family family) {
  Socket socket(context, family == Family::v4 ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), fd);
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  return socket;
}

void cancel_socket(Socket& socket) {
  boost::system::error_code ignored;
  socket.cancel(ignored);
}

void close_socket(Socket& socket) {
  boost::system::error_code ignored;
  socket.close(ignored);
}

std::size_t queued_bytes(int fd) {
  int bytes = 0;
  return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

/// The awaitable of the next readiness in `direction`.
auto wait_for(Watch& watch, Direction direction) {
  auto initiate = [&watch, direction](auto waiter) { watch.wait(direction, std::move(waiter)); };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Condition)>(initiate, asio::use_awaitable);
}

class PlainStream final : public Stream {
 public:
  PlainStream(Poller& poller, Fd fd) : watch_(poller, std::move(fd)) {}

  Task<Condition> open() override { co_return Condition::good; }

  Task<Moved> read(std::span<char> room) override {
    for (;;) {
      while (watch_.is_ready(Direction::reading)) {
        const auto received = ::recv(watch_.number(), room.data(), room.size(), 0);
        if (received > 0) {
          const auto bytes = static_cast<std::size_t>(received);
          if (bytes < room.size()) watch_.exhausted(Direction::reading);
          co_return Moved{Condition::good, bytes};
        }
        if (received == 0 || (errno != EAGAIN && errno != EINTR)) co_return Moved{Condition::ended, 0};
        if (errno == EAGAIN) watch_.exhausted(Direction::reading);
      }
      const auto condition = co_await wait_for(watch_, Direction::reading);
      if (condition != Condition::good) co_return Moved{condition, 0};
    }
  }

  std::size_t read_now(std::span<char> room) override {
    const auto received = ::recv(watch_.number(), room.data(), room.size(), 0);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
  }

  Moved write_now(Outbox& outbox) override {
    if (!watch_.is_ready(Direction::writing)) return {Condition::blocked, 0};
    const auto pieces = outbox.gather(pieces_max);
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());  // the kernel reads it
    message.msg_iovlen = pieces.size();
    const auto sent = ::sendmsg(watch_.number(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return {Condition::good, static_cast<std::size_t>(sent)};
    if (errno == EINTR) return {Condition::good, 0};
    if (errno != EAGAIN) return {Condition::ended, 0};
    watch_.exhausted(Direction::writing);
    return {Condition::blocked, 0};
  }

  Task<Moved> write(Outbox&) override { co_return Moved{co_await wait_for(watch_, Direction::writing), 0}; }

  std::size_t unacknowledged() override { return queued_bytes(watch_.number()); }

  Task<void> finish() override {
    ::shutdown(watch_.number(), SHUT_WR);
    co_return;
  }

  Task<Moved> read_raw(std::span<char> room) override { return read(room); }
  void cancel() override { watch_.cancel(); }
  void close() override { watch_.close(); }

 private:
  Watch watch_;
};

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, asio::ssl::context& tls) : stream_(std::move(socket), tls) {}

  Task<Condition> open() override {
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_result);
    co_return condition(error);
  }

  Task<Moved> read(std::span<char> room) override {
    const auto [error, bytes] = co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), as_result);
    co_return Moved{condition(error), bytes};
  }

  std::size_t read_now(std::span<char>) override { return 0; }
  Moved write_now(Outbox&) override { return {Condition::blocked, 0}; }

  Task<Moved> write(Outbox& outbox) override {
    std::vector<asio::const_buffer> buffers;
    for (const auto& piece : outbox.gather(pieces_max)) buffers.emplace_back(piece.iov_base, piece.iov_len);
    const auto [error, bytes] = co_await stream_.async_write_some(buffers, as_result);
    co_return Moved{condition(error), bytes};
  }

  std::size_t unacknowledged() override { return queued_bytes(stream_.next_layer().native_handle()); }

  Task<void> finish() override {
    // The close_notify leaves; the peer's is not waited for.
    SSL_set_quiet_shutdown(stream_.native_handle(), 0);
    co_await stream_.async_shutdown(as_result);
    boost::system::error_code ignored;
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }

  Task<Moved> read_raw(std::span<char> room) override {
    const auto [error, bytes] = co_await stream_.next_layer().async_read_some(asio::buffer(room.data(), room.size()), as_result);
    co_return Moved{condition(error), bytes};
  }

  void cancel() override { cancel_socket(stream_.next_layer()); }
  void close() override { close_socket(stream_.next_layer()); }

 private:
  asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Poller& poller, int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return std::make_unique<PlainStream>(poller, Fd(fd));
}

std::unique_ptr<Stream> tls_stream(asio::io_context& context, int fd, Family family, asio::ssl::context& tls) {
  return std::make_unique<TlsStream>(make_socket(context, fd, family), tls);
}

}  // namespace aljibe::io::detail
