#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe::checker {

struct Answer {
  int status = 0;
  bool is_hit = false;
  bool is_from_redis = false;  // a hit, of the second tier
  bool has_next = false;  // links to another page
  std::string_view cache_status;   // valid until the next call of the wire
  std::string_view content_range;
  std::string_view body;
};

/// A keep-alive connection to 127.0.0.1 on which many requests may be under way. Independent of the server's own HTTP code.
class Wire {
 public:
  Wire() = default;
  ~Wire() { close(); }
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&&) = delete;

  [[nodiscard]] bool is_open() const { return socket_ >= 0; }
  [[nodiscard]] int socket() const { return socket_; }
  bool open(std::uint16_t port);
  void close();

  bool send(std::string_view bytes);
  /// Waits for some bytes; false when the connection has ended.
  bool receive();
  /// The next answer of those that have come.
  std::optional<Answer> next();

  /// What has come and was not taken; valid until the next call.
  [[nodiscard]] std::string_view left() const { return std::string_view(bytes_).substr(used_); }
  void take(std::size_t bytes) { used_ += bytes; }

 private:
  int socket_ = -1;
  std::string bytes_;
  std::size_t used_ = 0;
};

/// One request and its answer; nothing when the connection ended in between.
std::optional<Answer> ask(Wire& wire, std::string_view request);

}  // namespace aljibe::checker
