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

void Follower::advance() {
  const std::scoped_lock lock(mutex_);
  if (!is_following() || !is_behind(database_.snapshot())) return;  // or somebody else did it meanwhile
  auto changes = database_.changes(last_);
  if (!changes) return;  // the cache stays behind, so that nothing is served by what it knows
  last_ = changes->last;
  if (changes->schema_version != schema_version_) {
    is_to_mend_.store(true, std::memory_order_relaxed);
    tries_.store(0, std::memory_order_relaxed);
  }
  schema_version_ = changes->schema_version;
  cache_.apply(std::move(*changes));
}

void Follower::advance_and_mend() {
  advance();
  if (is_to_mend_.exchange(false, std::memory_order_relaxed)) mend();
}

/// A table that cannot be logged is read past the cache's knowledge until the schema changes again: no error of a request. Where
/// another program held the lock, it is tried again with a later commit.
void Follower::mend() {
  const auto started = database_.start_log();
  if (started) return advance();
  const bool is_worth_it = started.error().code() == Code::database_busy && tries_.fetch_add(1, std::memory_order_relaxed) < tries_max;
  if (is_worth_it) is_to_mend_.store(true, std::memory_order_relaxed);
}

store::WriteDone heard_first(std::shared_ptr<Follower> follower, store::WriteDone done) {
  return [follower = std::move(follower), done = std::move(done)](Result<store::Written> written) mutable {
    if (written) follower->advance();
    done(std::move(written));
  };
}

}  // namespace aljibe::serve
