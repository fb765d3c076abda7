#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/detail/fd.h"

namespace aljibe::io::testing {

struct Answer {
  int status = 0;
  std::string head;  // with the blank line
  std::string body;
};

enum class BodyOf : std::uint8_t { get, head };

/// A blocking HTTP client for tests: one connection to 127.0.0.1, bytes as given, answers as they come. A call that
/// hears nothing for ten seconds gives up.
class Client {
 public:
  explicit Client(std::uint16_t port);

  [[nodiscard]] bool is_connected() const { return socket_.number() >= 0; }
  /// False when the peer has closed.
  bool send(std::string_view bytes);
  /// The next answer, its body by Content-Length. Status 0 when the connection ended before one was whole.
  Answer answer(BodyOf kind = BodyOf::get);
  /// A slow reader: so many bytes at most, which are thrown away, after a pause. 0 at the end.
  std::size_t receive_some(std::size_t bytes_max, std::chrono::milliseconds pause);
  /// Whether the peer has ended the connection with nothing more to read; waits for it.
  bool is_at_end();
  /// Bytes that have come and belong to no answer yet, after waiting for the end.
  std::string rest();

 private:
  bool receive();

  io::detail::Fd socket_;
  std::string received_;
};

}  // namespace aljibe::io::testing
