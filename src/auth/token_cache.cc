#include "auth/token_cache.h"

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

#include "base/hash.h"
#include "io/random.h"

namespace aljibe::auth {
namespace {

constexpr std::size_t shards_count = 16;

}  // namespace

// SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi: "SIEVE is Simpler than LRU", NSDI 2024): one queue, newest in front, and a hand that
// walks from the oldest on. It clears the mark of those that were asked for since it last came by, and takes the first without a mark.
class TokenCache::Shard {
 public:
  explicit Shard(std::size_t entries_max) : entries_max_(entries_max) {}

  std::shared_ptr<const Identity> find(std::string_view token, std::uint64_t hash, std::chrono::system_clock::time_point now) {
    const std::scoped_lock lock(mutex_);
    const auto found = index_.find(hash);
    if (found == index_.end() || found->second->token != token) {
      ++figures_.misses;
      return nullptr;
    }
    auto& entry = *found->second;
    if (entry.identity->expires <= now || entry.provider->epoch() != entry.epoch) {
      ++figures_.misses, ++figures_.dropped;
      remove(found->second);
      return nullptr;
    }
    ++figures_.hits;
    entry.is_marked = true;
    return entry.identity;
  }

  void put(std::string token, std::uint64_t hash, std::shared_ptr<const Identity> identity, const Provider& provider, std::uint64_t epoch) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = index_.find(hash); found != index_.end()) remove(found->second);
    if (queue_.size() >= entries_max_) evict();
    queue_.push_front({.token = std::move(token), .hash = hash, .identity = std::move(identity), .provider = &provider, .epoch = epoch});
    index_.emplace(hash, queue_.begin());
  }

  void add_to(Figures& sum) {
    const std::scoped_lock lock(mutex_);
    sum.hits += figures_.hits, sum.misses += figures_.misses, sum.evicted += figures_.evicted, sum.dropped += figures_.dropped;
    sum.entries += queue_.size();
  }

 private:
  struct Entry {
    std::string token;
    std::uint64_t hash = 0;
    std::shared_ptr<const Identity> identity;
    const Provider* provider = nullptr;
    std::uint64_t epoch = 0;
    bool is_marked = false;
  };
  using Place = std::list<Entry>::iterator;

  void remove(Place place) {
    if (hand_ == place) step();
    index_.erase(place->hash);
    queue_.erase(place);
  }

  /// Towards the newer ones; behind the newest stands the oldest.
  void step() { hand_ = hand_ == queue_.begin() ? queue_.end() : std::prev(hand_); }

  void evict() {
    for (;;) {
      if (hand_ == queue_.end()) hand_ = std::prev(queue_.end());
      if (!hand_->is_marked) break;
      hand_->is_marked = false;
      step();
    }
    ++figures_.evicted;
    remove(hand_);
  }

  const std::size_t entries_max_;
  std::mutex mutex_;
  std::list<Entry> queue_;
  Place hand_ = queue_.end();
  std::unordered_map<std::uint64_t, Place> index_;
  Figures figures_;
};

TokenCache::TokenCache(std::size_t entries_max) : seed_(io::random_seed()) {
  const auto of_each = std::max<std::size_t>(1, entries_max / shards_count);
  for (std::size_t i = 0; i < shards_count; ++i) shards_.push_back(std::make_unique<Shard>(of_each));
}

TokenCache::~TokenCache() = default;

TokenCache::Shard& TokenCache::shard_of(std::uint64_t hash) { return *shards_[hash % shards_count]; }

std::shared_ptr<const Identity> TokenCache::find(std::string_view token, std::chrono::system_clock::time_point now) {
  const auto hash = hash64(token, seed_);
  return shard_of(hash).find(token, hash, now);
}

void TokenCache::put(std::string token, std::shared_ptr<const Identity> identity, const Provider& provider, std::uint64_t epoch) {
  const auto hash = hash64(token, seed_);
  shard_of(hash).put(std::move(token), hash, std::move(identity), provider, epoch);
}

TokenCache::Figures TokenCache::figures() const {
  Figures sum;
  for (const auto& shard : shards_) shard->add_to(sum);
  return sum;
}

}  // namespace aljibe::auth
