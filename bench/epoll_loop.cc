// The floor under every HTTP figure: one thread, one epoll, one recv and one send a request, no parsing beyond the
// blank line. It answers the bytes of a file, head included, so that a peer is compared with as many bytes as it sends.
//
//   epoll_loop PORT RESPONSE_FILE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace {

void require(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::exit(1);
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  require(listener >= 0, "socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  require(listen(listener, 1024) == 0, "listen");
  return listener;
}

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  require(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

void accept_all(int epoll, int listener) {
  const int on = 1;
  for (int peer = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK); peer >= 0;
       peer = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) {
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(epoll, peer);
  }
}

void answer(int peer, std::string_view response) {
  std::array<char, 8192> buffer;
  const auto received = recv(peer, buffer.data(), buffer.size(), 0);
  if (received <= 0) {
    close(peer);
    return;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(received));
  for (auto end = bytes.find("\r\n\r\n"); end != std::string_view::npos; end = bytes.find("\r\n\r\n", end + 4)) {
    require(send(peer, response.data(), response.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(response.size()), "send");
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count != 3) {
    std::fprintf(stderr, "usage: epoll_loop PORT RESPONSE_FILE\n");
    return 2;
  }
  std::ifstream file(arguments[2], std::ios::binary);
  const std::string response(std::istreambuf_iterator<char>(file), {});
  require(!response.empty(), arguments[2]);
  const int epoll = epoll_create1(0);
  const int listener = listen_on(static_cast<std::uint16_t>(std::strtol(arguments[1], nullptr, 10)));
  watch(epoll, listener);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener) {
        accept_all(epoll, listener);
      } else {
        answer(descriptor, response);
      }
    }
  }
}
