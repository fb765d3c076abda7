#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "io/detail/outbox.h"
#include "io/task.h"

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace aljibe::io::detail {

enum class Condition : std::uint8_t {
  good,
  blocked,  // write_now only: the peer must read first
  woken,    // cancel() interrupted it
  ended     // closed by the peer, or broken
};

struct Moved {
  Condition condition = Condition::ended;
  std::size_t bytes = 0;
};

/// An accepted connection's two directions, with or without TLS. Used by one thread.
class Stream {
 public:
  virtual ~Stream() = default;

  /// The handshake.
  virtual Task<Condition> open() = 0;
  virtual Task<Moved> read(std::span<char> room) = 0;
  /// What has arrived already; 0 when that is nothing, or cannot be told.
  virtual std::size_t read_now(std::span<char> room) = 0;
  /// Sends of `outbox` what can be sent without waiting.
  virtual Moved write_now(Outbox& outbox) = 0;
  /// Waits until something more could be sent.
  virtual Task<Moved> write(Outbox& outbox) = 0;
  /// Bytes that were sent and that the peer has not said it has.
  [[nodiscard]] virtual std::size_t unacknowledged() = 0;
  /// Says that nothing more will be sent.
  virtual Task<void> finish() = 0;
  /// Reads what is not to be understood any more, below TLS.
  virtual Task<Moved> read_raw(std::span<char> room) = 0;
  virtual void cancel() = 0;
  virtual void close() = 0;
};

enum class Family : std::uint8_t { v4, v6 };

class Poller;

/// Take the socket `fd` over, which does not block.
std::unique_ptr<Stream> plain_stream(Poller& poller, int fd);
std::unique_ptr<Stream> tls_stream(boost::asio::io_context& context, int fd, Family family, boost::asio::ssl::context& tls);

}  // namespace aljibe::io::detail
