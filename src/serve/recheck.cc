#include "serve/recheck.h"

#include <utility>

#include "serve/page.h"

namespace aljibe::serve {

thread_local std::uint32_t Recheck::hits_since_ = 0;

void Recheck::take(std::shared_ptr<const cache::Entry> entry, const Question& question, const Rules& rules) {
  hits_since_ = 0;
  if (is_busy_.exchange(true)) return;
  auto job = [self = shared_from_this(), entry = std::move(entry), question, &rules] { self->check(*entry, question, rules); };
  if (!near_.pool.start(std::move(job))) is_busy_.store(false);
}

void Recheck::check(const cache::Entry& entry, const Question& question, const Rules& rules) {
  const std::scoped_lock lock(mutex_);
  if (is_stopped_) return;
  const auto finding = compare(entry, question, rules);
  ++(finding == Finding::same ? figures_.same : finding == Finding::different ? figures_.different : figures_.undecided);
  if (finding == Finding::different) {
    near_.cache.clear();
    near_.telemetry.incident("", "the cache held an answer that the database does not give: everything was dropped");
  }
  is_busy_.store(false);
}

Recheck::Finding Recheck::compare(const cache::Entry& entry, const Question& question, const Rules& rules) {
  const auto read = read_rows({near_.database, near_.cache, near_.follower, near_.limits}, question, rules, near_.clock.now() + near_.limits.request_timeout);
  if (!read) return Finding::undecided;
  near_.follower.advance();
  if (!near_.cache.is_fresh(entry, near_.database.snapshot())) return Finding::undecided;
  return read->page->etag() == static_cast<const Page*>(entry.payload().get())->etag() ? Finding::same : Finding::different;
}

Recheck::Figures Recheck::figures() const {
  const std::scoped_lock lock(mutex_);
  return figures_;
}

void Recheck::stop() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = true;
}

}  // namespace aljibe::serve
