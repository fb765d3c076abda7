#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace aljibe::checker {

/// `aljibe serve` as a process, which is killed and started again while others use it.
///
/// Threads: crash and reload from one; await_ready from any.
class Server {
 public:
  Server(std::string program, std::string folder, int threads);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// SIGKILL, and a new one on the same port when the old one has ended.
  void crash();
  /// SIGHUP.
  void reload();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits until a process answers that was started after the `lives`-th; returns the number of the one that does.
  int await_ready(int lives = 0);

 private:
  void start();
  void end(int signal);

  std::string program_;
  std::string folder_;
  int threads_;
  std::uint16_t port_;
  pid_t process_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ready_ = false;
  int lives_ = 0;
};

}  // namespace aljibe::checker
