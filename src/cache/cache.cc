// A shard is a hash table of slots, threaded on one list in the order of their coming:
//
//   newest ─ slot ─ slot ─ slot ─ slot ─ oldest
//                    ▲
//                   hand
//
// Eviction is SIEVE: the hand walks from the oldest to the newest and around; a slot that was used since the hand last
// passed stays where it is and loses its mark, the first other one goes. Nothing moves on a hit, so a hit writes at most
// one flag, and what was asked for once leaves before what is asked for again. Source: Zhang et al., "SIEVE is Simpler than
// LRU", NSDI 2024. It is a point or two from W-TinyLFU on web traces (cache.md item 32) at a tenth of the code.
//
// A slot is charged for itself, its key's text, its entry and the entry's payload, and what is said of it meanwhile; a shard
// for its buckets. Each is charged as the allocator rounds it; cache_test.cc counts the same from below, with its own
// operator new, and bench/memory_bench.cc holds the sum against the process's memory.
#include "cache/cache.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/assert.h"
#include "base/heap.h"
#include "base/seeded.h"

namespace aljibe::cache {
namespace {

constexpr std::size_t shards_max = 16;
constexpr std::size_t entries_per_shard_min = 4;  // of the largest size, so that one of them cannot empty a shard
constexpr std::size_t buckets_min = 16;

/// What few slots have at a time.
struct Aside {
  std::shared_ptr<Flight> flight;
  End end;  // of the watch over the last entry that stood here
};

struct Slot {
  explicit Slot(const Key& slot_key) : key(slot_key) {}

  Key key;
  std::shared_ptr<const Entry> entry;
  std::unique_ptr<Aside> aside;
  Slot* next_in_bucket = nullptr;
  Slot* newer = nullptr;
  Slot* older = nullptr;
  std::uint16_t passes_left = 0;
  std::uint8_t dead_fills = 0;

  [[nodiscard]] std::shared_ptr<Flight> flight() const { return aside ? aside->flight : nullptr; }
  [[nodiscard]] Entry::Watch ended() const { return entry ? entry->watch() : aside ? aside->end.watch : Entry::Watch::none; }
};

/// Copied to its size: the text of a key is not given away with room to grow.
std::size_t text_bytes(const Key& key) {
  static const std::size_t inside = std::string().capacity();
  return key.text().size() > inside ? heap_bytes(key.text().size() + 1) : 0;
}

std::size_t bytes_of_slot(const Key& key) { return heap_bytes(sizeof(Slot)) + text_bytes(key); }
std::size_t bytes_of_entry(const Content& content) { return shared_heap_bytes<Entry>() + Entry::bytes(content); }
std::size_t bytes_of_entry(const Entry* entry) { return entry == nullptr ? 0 : shared_heap_bytes<Entry>() + entry->bytes(); }

/// The change is charged to the feed that remembers it, a flight to those who wait for it.
std::size_t bytes_of_aside(const Aside* aside) {
  if (aside == nullptr) return 0;
  return heap_bytes(sizeof(Aside)) + (aside->end.footprint ? Entry::heap_bytes_of(*aside->end.footprint) : 0);
}

}  // namespace

class Cache::Shard {
 public:
  Shard(const Bounds& bounds, MakeFlight& make_flight, Feed& feed) : bounds_(bounds), make_flight_(make_flight), feed_(feed) { resize(buckets_min); }
  ~Shard() { clear(); }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  Found lookup(Cache& cache, const Key& key, const model::Snapshot& arrival) {
    const std::scoped_lock lock(mutex_);
    auto* slot = find(key);
    if (slot != nullptr) {
      if (auto found = look_at(*slot, arrival)) return std::move(*found);
    } else if (slot = add(key); slot == nullptr) {
      ++figures_.passes;
      return {.outcome = Outcome::pass};
    }
    if (!slot->aside && !make_room(heap_bytes(sizeof(Aside)), slot)) {
      ++figures_.passes;
      return {.outcome = Outcome::pass};
    }
    const auto outcome = slot->entry || slot->ended() != Entry::Watch::none ? Outcome::stale : Outcome::miss;
    ++(outcome == Outcome::stale ? figures_.stale : figures_.misses);
    aside_of(*slot, slot->aside ? nullptr : std::make_unique<Aside>()).flight = make_flight_();
    return {.outcome = outcome, .ended = slot->ended(), .filling = Filling(cache, key, slot->flight())};
  }

  std::shared_ptr<const Entry> peek(const Key& key, const model::Snapshot& arrival) {
    const std::scoped_lock lock(mutex_);
    const auto* slot = find(key);
    if (slot == nullptr || !slot->entry || !feed_.is_fresh(*slot->entry, arrival)) return nullptr;
    slot->entry->mark_used();
    return slot->entry;
  }

  Filling::Landed land(const Key& key, const std::shared_ptr<Flight>& flight, Content content, const model::Snapshot& now) {
    const bool is_too_large = bytes_of_entry(content) > bounds_.entry_bytes_max;
    auto entry = std::make_shared<const Entry>(std::move(content), key.hash());
    const auto watch = is_too_large ? Entry::Watch::none : feed_.admit(entry);
    const bool is_dead = watch != Entry::Watch::alive && !entry->was_read_in(now);
    return {.how = keep(key, flight, entry, is_dead), .entry = entry};
  }

  Entry::Watch offer(const Key& key, const std::shared_ptr<Flight>& flight, Content content, const model::Mark& mark) {
    const auto entry = std::make_shared<const Entry>(std::move(content), key.hash());
    entry->set_shared_at(mark.id);
    auto watch = feed_.admit(entry, mark);
    if (seeded(Bug::blob_unvalidated)) entry->set_watch(watch = Entry::Watch::alive);
    if (watch == Entry::Watch::alive) keep(key, flight, entry, false);
    return watch;
  }

  void abandon(const Key& key, const std::shared_ptr<Flight>& flight) {
    const std::scoped_lock lock(mutex_);
    if (auto* slot = own_slot(key, flight)) end_flight(*slot);
  }

  /// Lets go of an entry that is dead, if it stands here still, and gives its key. Its slot stays, and says that there was one.
  std::optional<Key> release(const Entry& entry, End end) {
    auto fresh = std::make_unique<Aside>();  // before the lock, for which requests wait
    const std::scoped_lock lock(mutex_);
    auto* slot = buckets_[entry.key().low & (buckets_.size() - 1)];
    while (slot != nullptr && slot->entry.get() != &entry) slot = slot->next_in_bucket;
    if (slot == nullptr) return std::nullopt;
    figures_.bytes -= bytes_of_entry(slot->entry.get());
    slot->entry.reset();
    auto& aside = aside_of(*slot, std::move(fresh));
    figures_.bytes -= bytes_of_aside(&aside);
    aside.end = std::move(end);
    figures_.bytes += bytes_of_aside(&aside);
    return entry.is_shared() ? std::optional(slot->key) : std::nullopt;  // else nobody asks, and a copy costs those who wait for the lock
  }

  std::optional<Known> explain(const Key& key) const {
    const std::scoped_lock lock(mutex_);
    const auto* const slot = find(key);
    if (slot == nullptr) return std::nullopt;
    return Known{.entry = slot->entry, .end = slot->aside ? slot->aside->end : End{}};
  }

  void clear() {
    const std::scoped_lock lock(mutex_);
    while (newest_ != nullptr) remove(*newest_);
  }

  void add_to(Figures& sum) const {
    const std::scoped_lock lock(mutex_);
    sum.hits += figures_.hits, sum.stale += figures_.stale, sum.busy += figures_.busy;
    sum.misses += figures_.misses, sum.passes += figures_.passes;
    sum.stored += figures_.stored, sum.dead += figures_.dead, sum.too_large += figures_.too_large;
    sum.evicted += figures_.evicted;
    sum.refilled_changed += figures_.refilled_changed, sum.refilled_same += figures_.refilled_same;
    sum.entries += figures_.entries, sum.bytes += figures_.bytes;
  }

 private:
  Landing keep(const Key& key, const std::shared_ptr<Flight>& flight, std::shared_ptr<const Entry> entry, bool is_dead) {
    const std::scoped_lock lock(mutex_);
    const auto bytes = bytes_of_entry(entry.get());
    const bool is_too_large = bytes > bounds_.entry_bytes_max;
    auto* slot = own_slot(key, flight);
    if (slot != nullptr) {
      end_flight(*slot);
      slot->dead_fills = is_dead ? static_cast<std::uint8_t>(slot->dead_fills + 1) : std::uint8_t{0};
      if (is_too_large || slot->dead_fills >= dead_fills_max) {
        slot->passes_left = passes_per_mark;
        slot->dead_fills = 0;
      }
    }
    if (is_too_large || slot == nullptr || !make_room(bytes, slot)) {
      ++figures_.too_large;
      return Landing::too_large;
    }
    figures_.bytes -= bytes_of_entry(slot->entry.get());
    figures_.bytes += bytes;
    slot->entry = std::move(entry);
    if (slot->aside && slot->aside->end.change) ++(slot->aside->end.fingerprint == slot->entry->fingerprint() ? figures_.refilled_same : figures_.refilled_changed);
    forget_aside(*slot);
    ++(is_dead ? figures_.dead : figures_.stored);
    return is_dead ? Landing::dead : Landing::stored;
  }

  std::size_t bucket_of(const Key& key) const { return key.hash().low & (buckets_.size() - 1); }

  Slot* find(const Key& key) const {
    auto* slot = buckets_[bucket_of(key)];
    while (slot != nullptr && !(slot->key.hash() == key.hash() && slot->key.text() == key.text())) slot = slot->next_in_bucket;
    return slot;
  }

  /// The slot, if this flight is still the one that it waits for: clear() may have taken it meanwhile.
  Slot* own_slot(const Key& key, const std::shared_ptr<Flight>& flight) const {
    auto* slot = find(key);
    return slot != nullptr && slot->flight() == flight ? slot : nullptr;
  }

  /// What a slot says by itself; nothing when its entry must be filled.
  std::optional<Found> look_at(Slot& slot, const model::Snapshot& arrival) {
    if (slot.entry && feed_.is_fresh(*slot.entry, arrival)) {
      ++figures_.hits;
      slot.entry->mark_used();
      return Found{.outcome = Outcome::hit, .entry = slot.entry};
    }
    if (slot.passes_left > 0) {
      --slot.passes_left;
      ++figures_.passes;
      return Found{.outcome = Outcome::pass};
    }
    auto flight = slot.flight();
    if (!flight) return std::nullopt;
    ++figures_.busy;
    return Found{.outcome = Outcome::busy, .flight = std::move(flight)};
  }

  /// The slot's own, or `fresh` when it has none.
  Aside& aside_of(Slot& slot, std::unique_ptr<Aside> fresh) {
    if (!slot.aside) {
      slot.aside = std::move(fresh);
      figures_.bytes += bytes_of_aside(slot.aside.get());
    }
    return *slot.aside;
  }

  void forget_aside(Slot& slot) {
    figures_.bytes -= bytes_of_aside(slot.aside.get());
    slot.aside.reset();
  }

  void end_flight(Slot& slot) {
    slot.aside->flight.reset();
    if (slot.aside->end.watch == Entry::Watch::none) forget_aside(slot);
  }

  Slot* add(const Key& key) {
    if (figures_.entries >= buckets_.size()) grow();
    if (!make_room(bytes_of_slot(key), nullptr)) return nullptr;
    auto* slot = new Slot(key);
    auto*& bucket = buckets_[bucket_of(key)];
    slot->next_in_bucket = std::exchange(bucket, slot);
    slot->older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = slot;
    newest_ = slot;
    figures_.bytes += bytes_of_slot(slot->key);
    ++figures_.entries;
    return slot;
  }

  void remove(Slot& slot) {
    auto** link = &buckets_[bucket_of(slot.key)];
    while (*link != &slot) link = &(*link)->next_in_bucket;
    *link = slot.next_in_bucket;
    (slot.newer != nullptr ? slot.newer->older : newest_) = slot.older;
    (slot.older != nullptr ? slot.older->newer : oldest_) = slot.newer;
    if (hand_ == &slot) hand_ = slot.newer;
    figures_.bytes -= bytes_of_slot(slot.key) + bytes_of_entry(slot.entry.get()) + bytes_of_aside(slot.aside.get());
    --figures_.entries;
    delete &slot;
  }

  /// Evicts until `bytes` more fit; never `kept` and never a slot under a flight. False: they cannot.
  bool make_room(std::size_t bytes, const Slot* kept) {
    for (std::size_t steps = 2 * figures_.entries; figures_.bytes + bytes > bounds_.bytes_max; --steps) {
      if (steps == 0) return false;
      if (hand_ == nullptr) hand_ = oldest_;
      auto& slot = *hand_;
      const bool stays = &slot == kept || slot.flight() || (slot.entry && slot.entry->take_used());
      if (stays) {
        hand_ = slot.newer;
        continue;
      }
      remove(slot);
      ++figures_.evicted;
    }
    return true;
  }

  void grow() {
    if (make_room(buckets_.size() * sizeof(Slot*), nullptr)) resize(buckets_.size() * 2);
  }

  void resize(std::size_t count) {
    figures_.bytes -= heap_bytes(buckets_.size() * sizeof(Slot*));
    buckets_ = std::vector<Slot*>(count, nullptr);
    figures_.bytes += heap_bytes(count * sizeof(Slot*));
    for (auto* slot = oldest_; slot != nullptr; slot = slot->newer) {
      slot->next_in_bucket = std::exchange(buckets_[bucket_of(slot->key)], slot);
    }
  }

  const Bounds bounds_;
  MakeFlight& make_flight_;
  Feed& feed_;
  mutable std::mutex mutex_;
  std::vector<Slot*> buckets_;  // a power of two
  Slot* newest_ = nullptr;
  Slot* oldest_ = nullptr;
  Slot* hand_ = nullptr;        // null: at the oldest
  Figures figures_;
};

Filling::Filling(Cache& cache, Key key, std::shared_ptr<Flight> flight)
    : cache_(&cache), key_(std::move(key)), flight_(std::move(flight)) {}

Filling::Filling(Filling&& other) noexcept
    : cache_(std::exchange(other.cache_, nullptr)), key_(std::move(other.key_)), flight_(std::move(other.flight_)) {}

Filling& Filling::operator=(Filling&& other) noexcept {
  abandon();
  cache_ = std::exchange(other.cache_, nullptr);
  key_ = std::move(other.key_);
  flight_ = std::move(other.flight_);
  return *this;
}

Filling::~Filling() { abandon(); }

Filling::Landed Filling::land(Content content, const model::Snapshot& now) {
  ALJ_ASSERT(cache_ != nullptr);
  if (seeded(Bug::position_after_read)) content.position = cache_->position();
  if (seeded(Bug::stamp_after_read)) content.snapshot = now;
  auto landed = std::exchange(cache_, nullptr)->shard_of(key_->hash()).land(*key_, flight_, std::move(content), now);
  flight_->landed();
  return landed;
}

Entry::Watch Filling::offer(Content content, const model::Mark& mark) {
  ALJ_ASSERT(cache_ != nullptr);
  const auto watch = cache_->shard_of(key_->hash()).offer(*key_, flight_, std::move(content), mark);
  if (watch != Entry::Watch::alive) return watch;
  cache_ = nullptr;
  flight_->landed();
  return watch;
}

void Filling::abandon() noexcept {
  if (cache_ == nullptr) return;
  std::exchange(cache_, nullptr)->shard_of(key_->hash()).abandon(*key_, flight_);
  flight_->landed();
}

Cache::Cache(const Bounds& bounds, MakeFlight make_flight) : make_flight_(std::move(make_flight)), feed_(bounds.history) {
  const auto room_for = bounds.bytes_max / std::max<std::size_t>(entries_per_shard_min * bounds.entry_bytes_max, 1);
  const auto count = std::clamp<std::size_t>(room_for, 1, shards_max);
  for (std::size_t i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(Bounds{.bytes_max = bounds.bytes_max / count, .entry_bytes_max = bounds.entry_bytes_max}, make_flight_, feed_));
  }
}

Cache::~Cache() = default;

Cache::Shard& Cache::shard_of(const Hash128& key) const { return *shards_[key.high % shards_.size()]; }

Found Cache::lookup(const Key& key, const model::Snapshot& arrival) { return shard_of(key.hash()).lookup(*this, key, arrival); }

std::shared_ptr<const Entry> Cache::peek(const Key& key, const model::Snapshot& arrival) { return shard_of(key.hash()).peek(key, arrival); }

bool Cache::is_fresh(const Entry& entry, const model::Snapshot& arrival) const { return feed_.is_fresh(entry, arrival); }

void Cache::apply(model::Changes changes) {
  for (const auto& killed : feed_.apply(std::move(changes))) {
    const auto key = shard_of(killed.entry->key()).release(*killed.entry, killed.end());
    if (key && killed.entry->is_shared() && on_dead_) on_dead_(*key);
  }
}

std::optional<Cache::Known> Cache::explain(const Key& key) const { return shard_of(key.hash()).explain(key); }

void Cache::clear() {
  for (auto& shard : shards_) shard->clear();
}

Figures Cache::figures() const {
  Figures sum;
  for (const auto& shard : shards_) shard->add_to(sum);
  sum.feed = feed_.figures();
  return sum;
}

}  // namespace aljibe::cache
