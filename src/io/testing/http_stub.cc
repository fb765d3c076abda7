#include "io/testing/http_stub.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <thread>
#include <vector>

#include "base/assert.h"

namespace aljibe::io::testing {
namespace {

/// Bytes of the body that the head announces.
std::size_t content_length(const std::string& head) {
  constexpr std::string_view word = "Content-Length: ";
  const auto at = head.find(word);
  std::size_t length = 0;
  if (at != std::string::npos) std::from_chars(head.data() + at + word.size(), head.data() + head.size(), length);
  return length;
}

std::string read_request(int connection) {
  std::string request;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto head_end = request.find("\r\n\r\n");
    if (head_end != std::string::npos && request.size() >= head_end + 4 + content_length(request)) return request;
    const auto count = ::recv(connection, buffer.data(), buffer.size(), 0);
    if (count <= 0) return request;
    request.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void send_all(int connection, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

class HttpStub::State {
 public:
  explicit State(std::function<std::string(const std::string&)> answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ALJ_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener_, SOMAXCONN) == 0);
    ALJ_ASSERT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~State() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  void accept_all() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }

  void serve(int connection) {
    const auto request = read_request(connection);
    if (!request.empty()) {
      ++requests_;
      send_all(connection, answer_(request));
    }
    ::close(connection);
  }

  std::function<std::string(const std::string&)> answer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> requests_{0};
  std::vector<std::thread> threads_;  // of the acceptor
  std::thread acceptor_;
};

HttpStub::HttpStub(std::function<std::string(const std::string&)> answer) : state_(std::make_unique<State>(std::move(answer))) {}
HttpStub::~HttpStub() = default;

std::uint16_t HttpStub::port() const { return state_->port(); }
std::string HttpStub::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port()) + path; }
std::size_t HttpStub::requests() const { return state_->requests(); }

std::string HttpStub::ok(const std::string& body, const std::string& headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

}  // namespace aljibe::io::testing
