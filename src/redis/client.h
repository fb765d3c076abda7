#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/task.h"
#include "redis/command.h"
#include "redis/reply.h"
#include "redis/url.h"

namespace aljibe::redis {

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  bool is_tls = false;
  std::string user;  // empty with a password: the user "default"
  std::string password;
  // With TLS. Files are read again for each connection, so that they can be replaced.
  std::string ca_file;           // empty: the system's authorities
  std::string certificate_file;  // of the client, where the server wants one
  std::string key_file;
  std::chrono::milliseconds connect_timeout{2000};  // to be connected, encrypted and greeted
  std::chrono::milliseconds reply_timeout{1000};    // a connection that lets a reply wait longer is given up
  std::chrono::milliseconds ping_after{30'000};     // of silence: some networks drop a connection that says nothing
  std::size_t queue_max = 10'000;                   // calls without an answer
  std::size_t queue_bytes_max = 64ULL << 20;
  std::size_t reply_bytes_max = 16ULL << 20;
  std::size_t nodes_max = 64;  // of a cluster

  /// The options for what a URL names.
  static Options of(Url url);
};

enum class State : std::uint8_t {
  connecting,  // not connected; it tries again and again by itself
  ready,
  broken,  // connected or not: answers came too late or not at all, and until one comes in time nothing is asked
  stopped
};
std::string_view name(State state);

struct Figures {
  std::uint64_t calls = 0;           // answered by the server, error replies among them
  std::uint64_t late = 0;            // the deadline came first
  std::uint64_t failed = 0;          // the connection was lost, or what came was no RESP3
  std::uint64_t refused = 0;         // at once: not connected, breaker open or queue full
  std::uint64_t connections = 0;     // greeted successfully, the first among them
  std::uint64_t breaker_opened = 0;
  std::uint64_t redirected = 0;      // by MOVED or ASK
  std::uint64_t outstanding = 0;     // now
};

/// Hears what happens, on the client's thread; must not block. Texts hold no secret.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void connected(std::string_view node) { static_cast<void>(node); }
  /// A connection was lost or could not be made; each failing attempt is told.
  virtual void disconnected(std::string_view node, std::string_view why) { static_cast<void>(node), static_cast<void>(why); }
  virtual void breaker_opened() {}
  virtual void breaker_closed() {}
  /// A live connection refused new credentials; it goes on with the old ones.
  virtual void authentication_refused(std::string_view node, std::string_view why) { static_cast<void>(node), static_cast<void>(why); }
};

/// A Redis server or cluster: one thread, one connection for each node, every command pipelined. An absent, slow or dying server
/// is an error in the result, soon; the client heals by itself.
///
/// Errors of send and call: redis_unavailable (not connected, breaker open, queue full), redis_late (the deadline came first),
/// redis_protocol (the server sent what is no RESP3). What the server itself answers, error replies among it, is a Reply.
/// After redis_late, and after redis_unavailable from a lost connection, the command may have been done nevertheless.
class Client {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Done = std::move_only_function<void(Result<Reply>)>;

  /// Begins to connect. Observer, when given, outlives the client.
  /// Errors: tls_invalid for files that cannot be used; never because of a server.
  static Result<std::unique_ptr<Client>> start(Options options, Observer* observer = nullptr);
  /// Answers whatever is outstanding with redis_unavailable first.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Never blocks. `done` is called once, on the client's thread, or at once on the caller's when the command is refused; it must
  /// not block and not throw. Threads: any.
  void send(Command command, Deadline deadline, Done done);
  /// Resumes on the caller's I/O thread, at the deadline at the latest. The client outlives the call. Threads: any.
  io::Task<Result<Reply>> call(Command command, Deadline deadline);

  /// From now on, on live connections too; for tokens that expire. Threads: any.
  void authenticate(std::string user, std::string password);

  [[nodiscard]] State state() const;
  /// Why it is not ready, or was not the last time; holds no secret.
  [[nodiscard]] std::string last_error() const;
  [[nodiscard]] Figures figures() const;

 private:
  class Core;
  explicit Client(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace aljibe::redis
