#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "process.h"

namespace aljibe::checker {

/// `aljibe serve` as a process, which is killed and started again while others use it.
///
/// Threads: down, up, crash and reload from one at a time; the rest from any.
class Server {
 public:
  struct Settings {
    std::string program;
    std::string folder;
    std::int64_t threads = 4;
    std::vector<std::string> environment;
  };

  explicit Server(const Settings& settings);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// SIGKILL, until its end.
  void down();
  /// A new process on the same port, until it answers.
  void up();
  /// Both.
  void crash();
  /// SIGHUP.
  void reload();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits until a process answers that was started after the `lives`-th; returns the number of the one that does.
  int await_ready(int lives = 0);
  /// Ends the run when the process has ended by itself.
  void check();

 private:
  void end(int signal);

  std::uint16_t port_;
  Program program_;
  pid_t process_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ready_ = false;
  int lives_ = 0;
};

/// Processes that serve one database.
using Servers = std::deque<Server>;

}  // namespace aljibe::checker
