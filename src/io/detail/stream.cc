#include "io/detail/stream.h"

#include <sys/socket.h>

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

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

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  Task<Condition> open() override { co_return Condition::good; }

  Task<Moved> read(std::span<char> room) override {
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), as_result);
    co_return Moved{condition(error), bytes};
  }

  std::size_t read_now(std::span<char> room) override {
    const auto received = ::recv(socket_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
  }

  Moved write_now(Outbox& outbox) override {
    const auto pieces = outbox.gather(pieces_max);
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());  // the kernel reads it
    message.msg_iovlen = pieces.size();
    const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return {Condition::good, static_cast<std::size_t>(sent)};
    if (errno == EAGAIN || errno == EINTR) return {Condition::blocked, 0};
    return {Condition::ended, 0};
  }

  Task<Moved> write(Outbox&) override {
    const auto [error] = co_await socket_.async_wait(Socket::wait_write, as_result);
    co_return Moved{condition(error), 0};
  }

  Task<void> finish() override {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }

  Task<Moved> read_raw(std::span<char> room) override { return read(room); }
  void cancel() override { cancel_socket(socket_); }
  void close() override { close_socket(socket_); }

 private:
  Socket socket_;
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

std::unique_ptr<Stream> plain_stream(asio::io_context& context, int fd, Family family) {
  return std::make_unique<PlainStream>(make_socket(context, fd, family));
}

std::unique_ptr<Stream> tls_stream(asio::io_context& context, int fd, Family family, asio::ssl::context& tls) {
  return std::make_unique<TlsStream>(make_socket(context, fd, family), tls);
}

}  // namespace aljibe::io::detail
