#include "serve/recheck.h"

#include <utility>

#include "serve/page.h"

namespace aljibe::serve {

namespace {

/// Makes room for the next recheck, even when this one throws.
class Free {
 public:
  explicit Free(std::atomic<bool>& is_busy) : is_busy_(is_busy) {}
  Free(const Free&) = delete;
  Free& operator=(const Free&) = delete;
  ~Free() { is_busy_.store(false); }

 private:
  std::atomic<bool>& is_busy_;
};

}  // namespace

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
  const Free free(is_busy_);
  const auto finding = compare(entry, question, rules);
  if (finding == Finding::different) {
    near_.follower.break_history();
    near_.cache.clear();
    near_.telemetry.incident("", "the cache held an answer that the database does not give: everything was dropped");
  }
  // Last: who reads of a difference must not be given what it drops.
  findings_[static_cast<std::size_t>(finding)].fetch_add(1, std::memory_order_release);
}

Recheck::Finding Recheck::compare(const cache::Entry& entry, const Question& question, const Rules& rules) {
  const auto read = read_rows({near_.database, near_.cache, near_.follower, near_.limits}, question, rules, near_.clock.now() + near_.limits.request_timeout);
  if (!read) return Finding::undecided;
  near_.follower.advance();
  if (!near_.cache.is_fresh(entry, near_.database.snapshot())) return Finding::undecided;
  return read->page->etag() == static_cast<const Page*>(entry.payload().get())->etag() ? Finding::same : Finding::different;
}

Recheck::Figures Recheck::figures() const {
  const auto number = [this](Finding finding) { return findings_[static_cast<std::size_t>(finding)].load(std::memory_order_acquire); };
  return {.same = number(Finding::same), .different = number(Finding::different), .undecided = number(Finding::undecided)};
}

void Recheck::stop() {
  const std::scoped_lock lock(mutex_);
  is_stopped_ = true;
}

}  // namespace aljibe::serve
