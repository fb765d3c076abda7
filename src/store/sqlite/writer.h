#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "store/sqlite/applying.h"
#include "store/write.h"

namespace aljibe::store::sqlite {

/// The one connection of this process that changes the file, and the thread it belongs to.
///
/// Group commit: whatever waits when a commit begins shares its transaction, each change behind a savepoint of its own, so
/// that one sync to the disk makes all of them durable and none can undo another. The connection is opened by the first
/// change. The destructor finishes what is queued.   Threads: any.
class Writer {
 public:
  /// `is_current` tells whether `path` still names the file of that generation: if not, changes find the schema changed.
  Writer(std::string path, std::uint32_t generation, std::function<bool()> is_current, const Limits& limits);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void submit(Write write, WriteDone done);

 private:
  struct Job {
    Write write;
    WriteDone done;
    std::optional<Result<Written>> outcome;
  };

  void work();
  std::vector<Job> take();
  void run(std::vector<Job>& jobs);
  Result<void> prepare(const std::vector<Job>& jobs);
  void apply(Job& job);
  bool apply_all(std::vector<Job>& jobs);
  static void fail_open(std::vector<Job>& jobs, const Error& error);

  const std::string path_;
  const std::uint32_t generation_;
  const std::function<bool()> is_current_;
  const Limits limits_;
  std::unique_ptr<Applying> applying_;  // the writer thread's own
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<Job> queue_;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace aljibe::store::sqlite
