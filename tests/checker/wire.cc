#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <utility>

namespace aljibe::checker {
namespace {

/// A field of a head, as the server spells its name.
std::string_view field(std::string_view head, std::string_view name) {
  const auto begin = head.find(name);
  if (begin == std::string_view::npos) return {};
  const auto value = head.substr(begin + name.size());
  return value.substr(0, value.find('\r'));
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Wire::Wire(Wire&& other) noexcept : socket_(std::exchange(other.socket_, -1)), bytes_(std::move(other.bytes_)), used_(other.used_) {}

bool Wire::open(std::uint16_t port) {
  close();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Longer than the server takes for any request (limits: request_timeout and commit_timeout): a write without an answer was cut off by its end.
  const timeval patience{.tv_sec = 90, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr untyped;
  static_assert(sizeof untyped == sizeof address);
  __builtin_memcpy(&untyped, &address, sizeof address);
  if (::connect(socket_, &untyped, sizeof address) == 0) return true;
  close();
  return false;
}

void Wire::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  bytes_.clear();
  used_ = 0;
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Wire::receive() {
  bytes_.erase(0, used_);
  used_ = 0;
  std::array<char, 65536> block;
  const auto got = ::recv(socket_, block.data(), block.size(), 0);
  if (got <= 0) return false;
  bytes_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<Answer> Wire::next() {
  const auto left = this->left();
  const auto end = left.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto head = left.substr(0, end + 2);
  const auto length = number(field(head, "\r\nContent-Length: "));
  if (left.size() < end + 4 + length) return std::nullopt;
  used_ += end + 4 + length;
  const auto cache_status = field(head, "\r\nCache-Status: ");
  return Answer{.status = static_cast<int>(number(head.substr(9))), .is_hit = cache_status.starts_with("aljibe; hit"), .is_from_redis = cache_status.starts_with("aljibe; hit; detail=redis"),
                 .has_next = field(head, "\r\nLink: ").contains("rel=\"next\""), .cache_status = cache_status,
                .content_range = field(head, "\r\nContent-Range: "), .body = left.substr(end + 4, length)};
}

std::optional<Answer> ask(Wire& wire, std::string_view request) {
  if (!wire.send(request)) return std::nullopt;
  while (wire.receive()) {
    if (auto answer = wire.next()) return answer;
  }
  return std::nullopt;
}

}  // namespace aljibe::checker
