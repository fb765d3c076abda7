#include "io/detail/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

namespace aljibe::io::detail {
namespace {

constexpr int backlog = 4096;

enum class Sharing : std::uint8_t { alone, shared };

struct Place {
  sockaddr_storage storage{};
  socklen_t size = 0;
  Family family = Family::v4;

  [[nodiscard]] const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] std::uint16_t port() const {
    // Both families have the port at the same offset.
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    return ntohs(v4.sin_port);
  }
};

template <class Address>
Place place_of(const Address& address, Family family) {
  Place place{.size = sizeof address, .family = family};
  std::memcpy(&place.storage, &address, sizeof address);
  return place;
}

std::optional<Place> read_place(const std::string& address, std::uint16_t port) {
  sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  if (inet_pton(AF_INET, address == "localhost" ? "127.0.0.1" : address.c_str(), &v4.sin_addr) == 1) return place_of(v4, Family::v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) return place_of(v6, Family::v6);
  return std::nullopt;
}

std::unexpected<Error> failed(const std::string& address, std::uint16_t port) {
  const int number = errno;
  const std::string hint = number == EADDRINUSE ? "Another process listens there. Stop it, or choose another port." : "";
  return fail(Code::listen_failed, "Cannot listen on " + address + ":" + std::to_string(port) + ".",
              std::generic_category().message(number), hint);
}

bool switch_on(const Fd& socket, int option) {
  const int on = 1;
  return ::setsockopt(socket.number(), SOL_SOCKET, option, &on, sizeof on) == 0;
}

/// Connections inherit it: the kernel takes no more of an answer than a quick client takes in a turn, so that a slow one holds no megabytes
/// of its memory, nor the thread while they are copied.
bool keep_little_unsent(const Fd& socket) {
  constexpr int bytes = 64 * 1024;
  return ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes) == 0;
}

/// A bound socket, or one without a number and the reason in errno.
Fd bind_socket(const Place& place, Sharing sharing) {
  Fd socket(::socket(place.family == Family::v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.number() < 0 || !switch_on(socket, SO_REUSEADDR) || !keep_little_unsent(socket)) return {};
  if (sharing == Sharing::shared && !switch_on(socket, SO_REUSEPORT)) return {};
  if (::bind(socket.number(), place.address(), place.size) != 0) return {};
  return socket;
}

}  // namespace

Result<ListenGroup> listen_group(const std::string& address, std::uint16_t port, std::size_t sockets) {
  auto place = read_place(address, port);
  if (!place) {
    return fail(Code::listen_failed, "\"" + address + "\" is not an address to listen on.", "",
                "Use a number such as 127.0.0.1, 0.0.0.0 or ::, or localhost.");
  }
  {
    // Bound alone first: SO_REUSEPORT would let a second server of the same user take half of the connections unnoticed.
    const auto probe = bind_socket(*place, Sharing::alone);
    if (probe.number() < 0) return failed(address, port);
    place->size = sizeof place->storage;
    if (::getsockname(probe.number(), reinterpret_cast<sockaddr*>(&place->storage), &place->size) != 0) return failed(address, port);
  }
  ListenGroup group{.sockets = {}, .family = place->family, .port = place->port()};
  for (std::size_t i = 0; i < sockets; ++i) {
    auto socket = bind_socket(*place, Sharing::shared);
    if (socket.number() < 0 || ::listen(socket.number(), backlog) != 0) return failed(address, port);
    group.sockets.push_back(std::move(socket));
  }
  return group;
}

}  // namespace aljibe::io::detail
