#include "redis/breaker.h"

#include <algorithm>
#include <bit>

#include "base/assert.h"

namespace aljibe::redis {
namespace {

constexpr unsigned window = 32;
// A probe with less would fail for reasons that are not the server's.
constexpr std::chrono::milliseconds probe_budget_min{1};

}  // namespace

void Breaker::good() {
  bad_in_a_row_ = 0;
  bad_bits_ <<= 1U;
  answers_ = std::min(answers_ + 1, window);
}

void Breaker::bad(Instant now, Duration budget) {
  if (position_ != Position::closed) return;
  ++bad_in_a_row_;
  bad_bits_ = (bad_bits_ << 1U) | 1U;
  answers_ = std::min(answers_ + 1, window);
  budget_ = budget;
  const bool are_most_bad = answers_ >= options_.recent_min && static_cast<unsigned>(std::popcount(bad_bits_)) * 2 > answers_;
  if (bad_in_a_row_ < options_.bad_in_a_row_max && !are_most_bad) return;
  // Open again before it had stood closed for the longest pause: the server only seemed to be well.
  const bool is_relapse = closed_at_ && now - *closed_at_ < options_.pause_max;
  pause_ = is_relapse ? longer_pause() : options_.pause_min;
  open(now);
}

/// Jitter, so that many clients do not probe at the same time.
void Breaker::open(Instant now) {
  position_ = Position::open;
  random_ ^= random_ << 13U, random_ ^= random_ >> 7U, random_ ^= random_ << 17U;
  const auto half = pause_ / 2;
  probe_at_ = now + half + std::chrono::milliseconds(static_cast<std::int64_t>(random_ % static_cast<std::uint64_t>(half.count() + 1)));
}

Breaker::Duration Breaker::begin_probe() {
  ALJ_ASSERT(position_ == Position::open);
  position_ = Position::probing;
  return std::max<Duration>(budget_, probe_budget_min);
}

void Breaker::end_probe(Instant now, bool is_in_time) {
  ALJ_ASSERT(position_ == Position::probing);
  if (!is_in_time) {
    pause_ = longer_pause();
    return open(now);
  }
  position_ = Position::closed;
  closed_at_ = now;
  bad_in_a_row_ = answers_ = bad_bits_ = 0;
}

std::chrono::milliseconds Breaker::longer_pause() const { return std::min(pause_ * 2, options_.pause_max); }

}  // namespace aljibe::redis
