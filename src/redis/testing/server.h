#pragma once

#include <cstdint>
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
  std::vector<std::string> arguments;  // more of redis-server's own
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
  [[nodiscard]] bool is_up() const;

  ServerOptions options_;
  Folder folder_;
  std::uint16_t port_;
  int process_ = -1;
};

/// Runs a program to its end; its standard output. Stops the test program when it fails.
std::string run(const std::vector<std::string>& command);

}  // namespace aljibe::redis::testing
