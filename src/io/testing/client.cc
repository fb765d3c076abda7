#include "io/testing/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <utility>

namespace aljibe::io::testing {
namespace {

constexpr timeval patience{.tv_sec = 10, .tv_usec = 0};

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  const auto at = head.find(name);
  return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + name.size(), 20)));
}

}  // namespace

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) socket_ = {};
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::receive() {
  std::array<char, 65536> bytes;
  const auto received = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
  if (received > 0) received_.append(bytes.data(), static_cast<std::size_t>(received));
  return received > 0;
}

Answer Client::answer(BodyOf kind) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  Answer answer{.head = received_.substr(0, end + 4)};
  received_.erase(0, end + 4);
  const auto length = kind == BodyOf::head ? 0 : content_length(answer.head);
  while (received_.size() < length) {
    if (!receive()) return {};
  }
  answer.body = received_.substr(0, length);
  received_.erase(0, length);
  answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

std::size_t Client::receive_some(std::size_t bytes_max, std::chrono::milliseconds pause) {
  ::poll(nullptr, 0, static_cast<int>(pause.count()));
  std::string bytes(bytes_max, '\0');
  const auto received = ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
  return received > 0 ? static_cast<std::size_t>(received) : 0;
}

bool Client::is_at_end() {
  char byte = 0;
  return received_.empty() && ::recv(socket_.number(), &byte, 1, 0) == 0;
}

std::string Client::rest() {
  while (receive()) continue;
  return std::exchange(received_, {});
}

}  // namespace aljibe::io::testing
