#include "auth/throttle.h"

#include <algorithm>
#include <span>

#include "base/hash.h"
#include "io/random.h"

namespace aljibe::auth {
namespace {

std::chrono::milliseconds wait_after(std::uint32_t tries, const Throttle::Pace& pace) {
  if (tries < pace.free) return std::chrono::milliseconds(0);
  constexpr std::uint32_t doublings_max = 24;
  return std::min(pace.wait_max, pace.first_wait * (1U << std::min(tries - pace.free, doublings_max)));
}

}  // namespace

Throttle::Throttle(std::size_t names_max) : entries_(std::max<std::size_t>(names_max / ways, 1) * ways), seed_(io::random_seed()) {}

std::uint64_t Throttle::hash_of(std::string_view name) const { return hash64(name, seed_) | 1; }

std::optional<std::chrono::milliseconds> Throttle::enter(std::string_view name, const Pace& pace, Time now) {
  const auto hash = hash_of(name);
  const std::scoped_lock lock(mutex_);
  const std::span row(row_of(hash), ways);
  auto entry = std::ranges::find(row, hash, &Entry::name);
  if (entry == row.end()) {
    entry = std::ranges::min_element(row, {}, &Entry::forgotten);
    *entry = {.name = hash};
  }
  if (entry->forgotten <= now) entry->tries = 0;
  else if (entry->opens > now) return std::chrono::ceil<std::chrono::milliseconds>(entry->opens - now);
  ++entry->tries;
  const auto wait = wait_after(entry->tries, pace);
  entry->opens = now + wait;
  entry->forgotten = now + wait + pace.wait_max;
  return std::nullopt;
}

Throttle::Entry* Throttle::find(std::uint64_t name) {
  const std::span row(row_of(name), ways);
  const auto entry = std::ranges::find(row, name, &Entry::name);
  return entry == row.end() ? nullptr : &*entry;
}

void Throttle::forgive(std::string_view name) {
  const auto hash = hash_of(name);
  const std::scoped_lock lock(mutex_);
  if (auto* const entry = find(hash); entry != nullptr) *entry = {};
}

void Throttle::take_back(std::string_view name) {
  const auto hash = hash_of(name);
  const std::scoped_lock lock(mutex_);
  if (auto* const entry = find(hash); entry != nullptr && entry->tries > 0) --entry->tries;
}

void Throttle::undo(std::string_view name, const Pace& pace, Time now) {
  const auto hash = hash_of(name);
  const std::scoped_lock lock(mutex_);
  auto* const entry = find(hash);
  if (entry == nullptr || entry->tries == 0) return;
  --entry->tries;
  entry->opens = std::min(entry->opens, now + wait_after(entry->tries, pace));
}

}  // namespace aljibe::auth
