#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aljibe::redis::testing {

/// A TCP port of 127.0.0.1 that is free now.
std::uint16_t free_port();

/// A folder in the system's temporary one, gone with this.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct ServerOptions {
  std::vector<std::string> arguments;      // more of redis-server's own; "PORT" stands for its port
  std::vector<std::string> cli_arguments;  // what redis-cli needs to be let in
  bool is_started = true;
};

/// A redis-server on a free port of 127.0.0.1, for tests. Whatever goes wrong with the process itself stops the test program
/// with a message: without redis-server there is nothing to be tested.
class Server {
 public:
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Returns when it answers. The port stays the same from start to start.
  void start();
  /// Asks it to end, and waits.
  void stop();
  void kill9();
  /// Between these two it is connected to and does not answer.
  void pause();
  void resume();
  void flush();
  /// What redis-cli prints, without the last line end.
  std::string cli(const std::vector<std::string>& arguments) const;

 private:
  void end(int signal);
  bool has_ended();
  [[nodiscard]] bool is_up() const;

  ServerOptions options_;
  Folder folder_;
  std::uint16_t port_;
  int process_ = -1;
};

/// A certificate, its key, and the authority that signed it.
struct Certificate {
  std::string ca_file;
  std::string file;
  std::string key_file;
};

/// Of an authority of its own, for names such as "DNS:localhost,IP:127.0.0.1". Made by the openssl command.
Certificate make_certificate(const Folder& folder, const std::string& name, const std::string& names);

/// What makes redis-server speak TLS on its port and no plain text, and let redis-cli in.
ServerOptions with_tls(const Certificate& certificate, std::vector<std::string> more = {});

/// A cluster of that many nodes, each with its share of the slots.
class Cluster {
 public:
  explicit Cluster(std::size_t nodes = 3);

  [[nodiscard]] Server& node(std::size_t number) { return *nodes_[number]; }
  /// The node that has the slot of a key.
  Server& owner_of(const std::string& key);
  /// Some node that has not.
  Server& other_than(const Server& owner);
  static std::string id_of(const Server& server) { return server.cli({"CLUSTER", "MYID"}); }

 private:
  std::vector<std::unique_ptr<Server>> nodes_;
};

/// Runs a program to its end; its standard output. Stops the test program when it fails.
std::string run(const std::vector<std::string>& command);

}  // namespace aljibe::redis::testing
