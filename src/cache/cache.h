#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/snapshot.h"

namespace aljibe::cache {

/// The canonical text of what is asked for, with its fingerprint. Two keys are one when their texts are.
class Key {
 public:
  explicit Key(std::string text) : text_(std::move(text)), hash_(hash128(text_)) {}
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] const Hash128& hash() const { return hash_; }

 private:
  std::string text_;
  Hash128 hash_;
};

/// A response to keep. The payload is opaque here; `bytes` is all the memory that it holds, its control block included.
struct Content {
  model::Snapshot snapshot;  // taken before the read began
  std::shared_ptr<const void> payload;
  std::size_t bytes = 0;
};

/// Content that stands in the cache, or stood there when it was looked up. Shared and immutable but for its mark.
class Entry {
 public:
  explicit Entry(Content content) : content_(std::move(content)) {}

  /// Nothing was committed between the read of this entry and the taking of `snapshot`.
  [[nodiscard]] bool is_fresh_in(const model::Snapshot& snapshot) const { return content_.snapshot == snapshot; }
  [[nodiscard]] const model::Snapshot& snapshot() const { return content_.snapshot; }
  [[nodiscard]] const std::shared_ptr<const void>& payload() const { return content_.payload; }
  [[nodiscard]] std::size_t bytes() const { return content_.bytes; }

  /// Tells eviction that the entry is in use. Reads first: a shared line that is only read stays in every core's cache.
  void mark_used() const {
    if (!used_.load(std::memory_order_relaxed)) used_.store(true, std::memory_order_relaxed);
  }
  /// Whether it was used since the last call.
  bool take_used() const { return used_.exchange(false, std::memory_order_relaxed); }

 private:
  Content content_;
  mutable std::atomic<bool> used_{false};
};

/// Those who wait for one fill. How one waits is the caller's business: it derives from this.
class Flight {
 public:
  virtual ~Flight() = default;
  /// The fill is over; every waiter looks the key up again. Called once, without a lock held.
  virtual void landed() noexcept = 0;
};

enum class Outcome : std::uint8_t {
  hit,    // `entry` may be sent
  stale,  // there was one, and the database has changed since; the caller fills
  busy,   // somebody fills this key; the caller waits for `flight`, then looks again
  miss,   // nothing; the caller fills
  pass    // not worth keeping, or no room: the caller reads for itself and stores nothing
};

enum class Landing : std::uint8_t {
  stored,
  dead,      // stored, but the database changed during the fill: only those who arrived before the change may use it
  too_large  // not stored
};

class Cache;

/// The right and the duty to fill a key, held by one at a time. Dropped without landing, the next who asks will fill.
class Filling {
 public:
  Filling() = default;
  Filling(Filling&& other) noexcept;
  Filling& operator=(Filling&& other) noexcept;
  Filling(const Filling&) = delete;
  Filling& operator=(const Filling&) = delete;
  ~Filling();

  /// Stores what was read; `now` is what the database looks like after the read. Once.
  Landing land(Content content, const model::Snapshot& now);
  [[nodiscard]] const std::shared_ptr<Flight>& flight() const { return flight_; }

 private:
  friend class Cache;
  Filling(Cache& cache, Key key, std::shared_ptr<Flight> flight);
  void abandon() noexcept;

  Cache* cache_ = nullptr;
  std::optional<Key> key_;
  std::shared_ptr<Flight> flight_;
};

struct Found {
  Outcome outcome = Outcome::pass;
  std::shared_ptr<const Entry> entry;  // hit
  std::shared_ptr<Flight> flight;      // busy
  Filling filling;                     // stale, miss
};

struct Figures {
  std::uint64_t hits = 0, stale = 0, busy = 0, misses = 0, passes = 0;
  std::uint64_t stored = 0, dead = 0, too_large = 0, evicted = 0;
  std::size_t entries = 0;
  std::size_t bytes = 0;
};

struct Bounds {
  std::size_t bytes_max = 0;
  std::size_t entry_bytes_max = 0;
};

/// Prepared responses by canonical query, of which one is served only while nothing was committed since it was read.
///
/// Memory: never above bounds.bytes_max, counted to the byte that was asked of the allocator (cache.cc says what for).
/// Threads: any. Nothing here waits: outcomes say what to do, and who waits does so elsewhere.
class Cache {
 public:
  using MakeFlight = std::function<std::shared_ptr<Flight>()>;

  Cache(const Bounds& bounds, MakeFlight make_flight);
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  /// `arrival` is what the database looked like at some time after the request arrived; that makes a hit, and the result
  /// of a flight that was joined, no older than the request (cache.md §3, C2).
  Found lookup(const Key& key, const model::Snapshot& arrival);
  /// An entry that may be sent, if there is one; begins no flight and counts nothing.
  std::shared_ptr<const Entry> peek(const Key& key, const model::Snapshot& arrival);
  /// Forgets everything; fills under way go on.
  void clear();

  [[nodiscard]] Figures figures() const;

 private:
  friend class Filling;
  class Shard;
  Shard& shard_of(const Key& key);
  MakeFlight make_flight_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// How many fills in a row may be dead on arrival before a key is passed, and how many look-ups that lasts.
inline constexpr std::uint8_t dead_fills_max = 3;
inline constexpr std::uint16_t passes_per_mark = 64;

}  // namespace aljibe::cache
