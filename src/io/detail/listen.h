#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/detail/fd.h"
#include "io/detail/stream.h"

namespace aljibe::io::detail {

/// Listening sockets on one port, among which the kernel spreads the connections.
struct ListenGroup {
  std::vector<Fd> sockets;
  Family family = Family::v4;
  std::uint16_t port = 0;
};

/// Errors: listen_failed, also when another process listens there, be it one that would share the port.
Result<ListenGroup> listen_group(const std::string& address, std::uint16_t port, std::size_t sockets);

}  // namespace aljibe::io::detail
