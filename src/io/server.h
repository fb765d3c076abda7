#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/limits.h"
#include "base/result.h"
#include "io/handler.h"

namespace aljibe::io {

/// PEM files: the certificate with its chain, and its key.
struct TlsFiles {
  std::string certificate;
  std::string private_key;
};

struct Listener {
  std::string address = "127.0.0.1";  // a number, or "localhost"
  std::uint16_t port = 0;             // 0: any free one
  std::optional<TlsFiles> tls;
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::size_t threads = 0;  // 0: one for each core that this process may use
  Limits limits;
  std::vector<Network> trusted_proxies;  // what they say of a request's origin is believed (http/client.h)
};

/// An HTTP/1.1 server: one thread per core, each with its own event loop and its own listening sockets.
///
/// Keep-alive and pipelining; answers leave in the order of their requests, one system call for as many as are ready.
/// Threads: start() and wait() from one, the rest from any.
class Server {
 public:
  /// Listens and serves from now on. `handler` and `observer` outlive the server.
  /// Errors: listen_failed (address and reason), tls_invalid (file and reason).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler& handler, Observer& observer);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Drains and waits.
  ~Server();

  /// The port of each listener, in the order of the options.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;
  /// Reads the certificates again; new connections use them. On an error the old ones stay.
  Result<void> reload_tls();
  /// Stops accepting, ends idle connections, lets requests in flight finish for limits.drain_timeout.
  void drain();
  /// Returns when the server has drained.
  void wait();

 private:
  class State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aljibe::io
