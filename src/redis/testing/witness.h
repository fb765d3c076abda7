#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "redis/client.h"

namespace aljibe::redis::testing {

/// Remembers what happens, and lets a test wait for it.
class Witness final : public Observer {
 public:
  void connected(std::string_view node) override;
  void disconnected(std::string_view node, std::string_view why) override;
  void breaker_opened() override;
  void breaker_closed() override;
  void authentication_refused(std::string_view node, std::string_view why) override;

  /// Whether something that begins like this happens, or has since the last time it was waited for; in half a minute. The
  /// beginnings: "connected", "disconnected: …", "breaker opened", "breaker closed", "authentication refused: …".
  bool wait_for(std::string_view beginning);

 private:
  void note(std::string what);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> happened_;
  std::size_t seen_ = 0;
};

/// A deadline that far from now.
Client::Deadline in(std::chrono::milliseconds budget);

/// Asks and waits for the answer.
Result<Reply> ask(Client& client, Command command, std::chrono::milliseconds budget = std::chrono::seconds(10));

/// The text of the reply, or of what went wrong.
std::string text(const Result<Reply>& result);

}  // namespace aljibe::redis::testing
