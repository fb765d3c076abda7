#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/task.h"
#include "redis/reply.h"

namespace aljibe::redis::detail {

using Executor = boost::asio::any_io_executor;

/// A coroutine that waits for a reply.
class Sleeper {
 public:
  explicit Sleeper(Executor executor) : executor_(std::move(executor)) {}
  virtual ~Sleeper() = default;
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  /// On the thread of its executor, once, after `answer` was set.
  virtual void resume() = 0;
  [[nodiscard]] const Executor& executor() const { return executor_; }

  std::optional<Result<Reply>> answer;

 private:
  Executor executor_;
};

/// Resumes coroutines on the threads they came from: one message to each thread for all that have been added. Used by one thread.
class Wakeups {
 public:
  void add(std::unique_ptr<Sleeper> sleeper);
  void flush();

 private:
  struct Group;
  static void post(const std::shared_ptr<Group>& group);
  static void resume_all(const std::shared_ptr<Group>& group);
  std::vector<std::shared_ptr<Group>> groups_;
};

}  // namespace aljibe::redis::detail
