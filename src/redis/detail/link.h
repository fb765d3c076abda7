#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "redis/detail/tls.h"

namespace boost::asio {
class io_context;
}

namespace aljibe::redis::detail {

/// Hears of a link, on the thread of its event loop.
class LinkEvents {
 public:
  virtual void opened() = 0;
  virtual void received(std::string_view bytes) = 0;
  /// Once, and nothing after it.
  virtual void lost(std::string why) = 0;

 protected:
  ~LinkEvents() = default;
};

/// One connection, with or without TLS. Used by one thread.
class Link {
 public:
  virtual ~Link() = default;
  /// Takes what stands in `bytes` and leaves it empty; or leaves it alone while an earlier write lasts, after which it is asked for
  /// again. `bytes` outlives the link, or close().
  virtual void write(std::string& bytes) = 0;
  /// Nothing more is heard of it.
  virtual void close() = 0;
};

struct Destination {
  std::string host;
  std::uint16_t port = 0;
  TlsContext tls;         // none: no TLS
  std::string tls_name;   // of the certificate: a host's name or an address
};

/// Begins to connect.
std::shared_ptr<Link> open_link(boost::asio::io_context& context, const Destination& destination, LinkEvents& events);

}  // namespace aljibe::redis::detail
