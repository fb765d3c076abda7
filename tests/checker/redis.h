#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

#include "process.h"
#include "resp.h"

namespace aljibe::checker {

/// A redis-server of the run's own, which keeps nothing but what it is told to save.   Threads: one; port from any.
class Redis {
 public:
  /// In a new folder inside of `folder`.
  explicit Redis(const std::filesystem::path& folder);
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// SIGKILL, and a new process, which has what was saved last.
  void kill();
  /// FLUSHALL.
  void flush();
  /// It takes what is sent, and says nothing until it goes on.
  void stall();
  void go_on();
  /// SAVE, and a copy of what was saved.
  void keep();
  /// Killed, and started with the copy.
  void restore();

 private:
  void start();

  std::filesystem::path folder_;
  std::uint16_t port_;
  Program program_;
  pid_t process_ = -1;
  Resp resp_;
};

}  // namespace aljibe::checker
