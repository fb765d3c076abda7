#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"

namespace aljibe::auth {

struct Message {
  std::string to;       // an address that email_key() takes
  std::string subject;  // ASCII
  std::string text;     // UTF-8, lines end in \n
};

/// Sends messages behind everybody's back: one thread, a bounded queue, some tries.   Threads: any; send() never blocks.
///
/// Into a folder as files NAME.eml, which only the owner may read and another program takes from there; or to an SMTP server.
class Mailer {
 public:
  struct Settings {
    std::string folder;      // made when it is not there
    std::string url;         // smtps://HOST:PORT; not empty: the folder is not used
    std::string user, password;
    std::string from = "aljibe@localhost";
    std::string ca_file;
    std::size_t queue_max = 256;
    unsigned tries = 5;
    std::chrono::milliseconds first_pause{2'000};  // after a failure; twice as long after each
  };
  /// Hears of a message that was given up. On the mailer's thread.
  using Failed = std::function<void(const Error& error)>;

  Mailer(Settings settings, Failed failed);
  /// Tries what waits once more.
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  /// Errors: overloaded when the queue is full.
  Result<void> send(Message message);
  /// Waits until nothing waits.
  void drain();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    std::string to;
    std::string text;
    unsigned tries = 0;
    Time due;
  };

  void work();
  Result<void> deliver(const Waiting& waiting);
  Result<void> write(const std::string& text);

  const Settings settings_;
  const Failed failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;  // the one that is being sent stays in front
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace aljibe::auth
