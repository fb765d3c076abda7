#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "io/task.h"

namespace aljibe::io {

/// A few threads for work that blocks, with a bounded queue before them.
///
/// Threads: any. The destructor finishes what is queued.
class Pool {
 public:
  /// At most `queue_max` jobs wait; at least one thread.
  Pool(std::size_t threads, std::size_t queue_max);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Runs `job` on a pool thread and resumes on the caller's I/O thread with what it returned, a Result.
  /// What `job` refers to must live until then; what it throws is thrown to the caller.
  /// Errors: overloaded when the queue is full, and the job's own.
  template <class Job>
  Task<std::invoke_result_t<Job&>> run(Job job) {
    std::optional<std::invoke_result_t<Job&>> result;
    if (auto ran = co_await run_erased([&] { result.emplace(job()); }); !ran) co_return std::unexpected(std::move(ran.error()));
    co_return std::move(*result);
  }

  /// Runs `job` some time, with nobody waiting for it. Errors: overloaded.
  Result<void> start(std::move_only_function<void()> job);

  /// Jobs that wait for a thread.
  [[nodiscard]] std::size_t queued() const;

 private:
  class State;
  Task<Result<void>> run_erased(std::move_only_function<void()> job);
  std::unique_ptr<State> state_;
};

}  // namespace aljibe::io
