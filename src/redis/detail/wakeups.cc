#include "redis/detail/wakeups.h"

#include <algorithm>
#include <cstddef>
#include <mutex>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

namespace aljibe::redis::detail {

struct Wakeups::Group {
  explicit Group(Executor where) : executor(std::move(where)) {}
  const Executor executor;
  std::mutex posting;
  std::vector<std::unique_ptr<Sleeper>> sleepers;
  std::size_t next = 0;
};

void Wakeups::add(std::unique_ptr<Sleeper> sleeper) {
  auto group = std::ranges::find_if(groups_, [&](const auto& known) { return known->executor == sleeper->executor(); });
  if (group == groups_.end()) group = groups_.insert(group, std::make_shared<Group>(sleeper->executor()));
  (*group)->sleepers.push_back(std::move(sleeper));
}

void Wakeups::flush() {
  for (const auto& group : groups_) post(group);
  groups_.clear();
}

/// The event loop may end, and be destroyed, as soon as the last of them has run: they run when post() has returned, not before.
void Wakeups::post(const std::shared_ptr<Group>& group) {
  const std::scoped_lock until_posted(group->posting);
  boost::asio::post(group->executor, [group] {
    group->posting.lock();
    group->posting.unlock();
    resume_all(group);
  });
}

/// What one of them throws leaves the event loop, as it would without the others; these come later then.
void Wakeups::resume_all(const std::shared_ptr<Group>& group) {
  while (group->next < group->sleepers.size()) {
    const auto sleeper = std::move(group->sleepers[group->next++]);
    try {
      sleeper->resume();
    } catch (...) {
      if (group->next < group->sleepers.size()) post(group);
      throw;
    }
  }
}

}  // namespace aljibe::redis::detail
