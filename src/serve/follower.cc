#include "serve/follower.h"

#include <utility>

#include "store/write.h"

namespace aljibe::serve {

Result<void> Follower::start() {
  ALJ_TRY(database_.start_log());
  is_following_.store(true, std::memory_order_release);
  advance();
  is_to_mend_.store(false, std::memory_order_relaxed);
  return {};
}

void Follower::stop() {
  const std::scoped_lock lock(mutex_);
  is_following_.store(false, std::memory_order_release);
}

bool Follower::advance() {
  const std::scoped_lock lock(mutex_);
  if (!is_following()) return false;
  if (!is_behind(database_.snapshot())) return true;  // or somebody else did it meanwhile
  auto changes = database_.changes(last_);
  if (!changes) return false;  // the cache stays behind, so that nothing is served by what it knows
  if (changes->schema_version != schema_version_) {
    is_to_mend_.store(true, std::memory_order_relaxed);  // which breaks the history too
    tries_.store(0, std::memory_order_relaxed);
  } else if (last_ != 0 && !changes->is_whole && changes->nonces.empty()) {
    is_to_break_.store(true, std::memory_order_relaxed);
  }
  last_ = changes->last;
  schema_version_ = changes->schema_version;
  cache_.apply(std::move(*changes));
  return true;
}

void Follower::advance_and_mend() {
  advance();
  if (is_to_mend_.exchange(false, std::memory_order_relaxed)) mend();
  if (is_to_break_.exchange(false, std::memory_order_relaxed)) break_history();
}

/// A table that cannot be logged is read past the cache's knowledge until the schema changes again: no error of a request. Where
/// another program held the lock, it is tried again with a later commit.
void Follower::mend() {
  const auto started = database_.start_log();
  if (started) {
    advance();
    return;
  }
  const bool is_worth_it = started.error().code() == Code::database_busy && tries_.fetch_add(1, std::memory_order_relaxed) < tries_max;
  if (is_worth_it) is_to_mend_.store(true, std::memory_order_relaxed);
}

/// This process goes on without it, as it knows what it missed. It is for the others, and for who starts from the log later.
void Follower::break_history() {
  const auto broken = database_.break_log();
  if (broken) advance();
  else if (broken.error().code() == Code::database_busy) is_to_break_.store(true, std::memory_order_relaxed);
}

store::WriteDone heard_first(std::shared_ptr<Follower> follower, store::WriteDone done) {
  return [follower = std::move(follower), done = std::move(done)](Result<store::Written> written) mutable {
    if (written) follower->advance();
    done(std::move(written));
  };
}

}  // namespace aljibe::serve
