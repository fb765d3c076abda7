#pragma once

#include <functional>
#include <memory>

namespace aljibe::io {

/// Turns SIGTERM and SIGINT into `stop`, SIGHUP into `reload`, called one at a time on a thread of their own, where they
/// may block. A second SIGTERM or SIGINT ends the process at once. SIGPIPE is ignored from now on.
class Signals {
 public:
  Signals(std::function<void()> stop, std::function<void()> reload);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace aljibe::io
