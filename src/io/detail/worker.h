#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "io/detail/connection.h"
#include "io/detail/sessions.h"

namespace aljibe::io::detail {

using Certificate = std::shared_ptr<boost::asio::ssl::context>;

/// A listening socket of one thread.
struct Door {
  int fd;
  Family family;
  std::function<Certificate()> certificate;  // empty: no TLS
};

/// One I/O thread: its event loop, its listening sockets, its connections and its clock.
class Worker {
 public:
  /// Takes the doors' sockets over.
  Worker(Shared& shared, std::vector<Door> doors);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Lets in what waits at the doors, closes them, and ends when its connections have. Threads: any.
  void drain();
  void join();

 private:
  class State;
  std::unique_ptr<State> state_;
  std::mutex draining_;
  std::thread thread_;
};

}  // namespace aljibe::io::detail
