#pragma once

#include <optional>
#include <utility>

#include "io/task.h"

namespace aljibe::io::testing {

/// Runs the task on this thread, to its end.
void run_to_end(Task<void> task);

template <class T>
Task<void> keep(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

/// What the task gives, which runs on this thread meanwhile.
template <class T>
T run(Task<T> task) {
  std::optional<T> result;
  run_to_end(keep(std::move(task), result));
  return std::move(*result);
}

}  // namespace aljibe::io::testing
