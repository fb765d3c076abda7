// Each bucket is one number: the time at which it is full again. A request takes one part of the quota and moves that time on by an even
// share of the window; it is refused when the time would lie further ahead than the window (the generic cell rate algorithm, ITU-T I.371).
//
// Slots are taken over without a lock. Two threads that meet in one may count a request for the neighbour or lose one: an error of single
// requests, in a number that is none of accounting.
#include "serve/rate.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "io/random.h"

namespace aljibe::serve {
namespace {

std::int64_t nanoseconds(RateTable::Instant now) { return std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count(); }

/// Whole seconds, and at least one where there is any time.
std::string seconds_text(std::chrono::nanoseconds time) { return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()); }

}  // namespace

RateTable::RateTable(const Quota& quota, std::size_t slots)
    : quota_(quota), depth_(quota.window.count()), interval_(std::max<std::int64_t>(depth_ / static_cast<std::int64_t>(quota.requests), 1)),
      slack_(std::min<std::int64_t>(interval_ / 2, 100'000)), seed_(io::random_seed()), sets_(std::max<std::size_t>(slots / ways, 1)) {}

Allowance RateTable::take(std::string_view key, Instant now) {
  const auto time = nanoseconds(now);
  auto& full_at = find(key).full_at;
  auto seen = full_at.load(std::memory_order_relaxed);
  for (;;) {
    const auto missing = std::max(seen, time) - time;
    if (missing + interval_ > depth_ + slack_) {
      return {.quota = quota_, .is_admitted = false, .wait = std::chrono::nanoseconds(missing + interval_ - depth_), .refill = std::chrono::nanoseconds(missing)};
    }
    const auto next = missing + interval_;
    if (!full_at.compare_exchange_weak(seen, time + next, std::memory_order_relaxed)) continue;
    return {.quota = quota_, .left = static_cast<std::uint64_t>(std::max<std::int64_t>(depth_ - next, 0) / interval_), .refill = std::chrono::nanoseconds(next)};
  }
}

Allowance RateTable::look(std::string_view key, Instant now) {
  const auto time = nanoseconds(now);
  const auto missing = std::max(find(key).full_at.load(std::memory_order_relaxed), time) - time;
  return {.quota = quota_, .left = static_cast<std::uint64_t>(std::max<std::int64_t>(depth_ - missing, 0) / interval_), .refill = std::chrono::nanoseconds(missing)};
}

RateTable::Slot& RateTable::find(std::string_view text) {
  const auto key = std::max<std::uint64_t>(hash64(text, seed_), 1);
  auto& slots = sets_[(key >> 32) % sets_.size()].slots;
  for (auto& slot : slots) {
    if (slot.key.load(std::memory_order_relaxed) == key) return slot;
  }
  auto& oldest = *std::ranges::min_element(slots, {}, [](const Slot& slot) { return slot.full_at.load(std::memory_order_relaxed); });
  auto other = oldest.key.load(std::memory_order_relaxed);
  if (other != key && oldest.key.compare_exchange_strong(other, key, std::memory_order_relaxed)) oldest.full_at.store(0, std::memory_order_relaxed);
  return oldest;
}

Rates::Rates(const Limits& limits) {
  if (limits.rate_per_address > 0) addresses_.emplace(Quota{.requests = limits.rate_per_address, .window = limits.rate_window});
  if (limits.rate_per_identity > 0) identities_.emplace(Quota{.requests = limits.rate_per_identity, .window = limits.rate_window});
}

std::unique_ptr<Rates> Rates::of(const Limits& limits) {
  if (limits.rate_per_address == 0 && limits.rate_per_identity == 0) return nullptr;
  return std::unique_ptr<Rates>(new Rates(limits));
}

std::optional<Allowance> Rates::by_address(const Address& address, RateTable::Instant now) {
  return addresses_ ? std::optional(addresses_->take(address.household(), now)) : std::nullopt;
}

std::optional<Allowance> Rates::look_at(const Address& address, RateTable::Instant now) {
  return addresses_ ? std::optional(addresses_->look(address.household(), now)) : std::nullopt;
}

std::optional<Allowance> Rates::by_identity(std::string_view subject, RateTable::Instant now) {
  return identities_ ? std::optional(identities_->take(subject, now)) : std::nullopt;
}

void append_fields(std::string& fields, const Allowance& allowance) {
  fields += "RateLimit-Policy: \"default\";q=" + std::to_string(allowance.quota.requests) + ";w=" + seconds_text(allowance.quota.window) + "\r\n";
  fields += "RateLimit: \"default\";r=" + std::to_string(allowance.left) + ";t=" + seconds_text(allowance.is_admitted ? allowance.refill : allowance.wait) + "\r\n";
}

}  // namespace aljibe::serve
