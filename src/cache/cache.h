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
#include "cache/entry.h"
#include "cache/feed.h"
#include "model/row_change.h"
#include "model/snapshot.h"

namespace aljibe::cache {

/// Those who wait for one fill. How one waits is the caller's business: it derives from this.
class Flight {
 public:
  virtual ~Flight() = default;
  /// The fill is over; every waiter looks the key up again. Called once, without a lock held.
  virtual void landed() noexcept = 0;
};

enum class Outcome : std::uint8_t {
  hit,    // `entry` may be sent
  stale,  // there was one, and a change may have altered it since; the caller fills
  busy,   // somebody fills this key; the caller waits for `flight`, then looks again
  miss,   // nothing; the caller fills
  pass    // not worth keeping, or no room: the caller reads for itself and stores nothing
};

enum class Landing : std::uint8_t {
  stored,
  dead,      // stored, but a change during the fill may have altered it: only those who arrived before it may use it
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

  struct Landed {
    Landing how = Landing::too_large;
    std::shared_ptr<const Entry> entry;
  };
  /// Stores what was read; `now` is what the database looks like after the read. Once.
  Landed land(Content content, const model::Snapshot& now);
  /// Stores what was the answer at `mark`, read by whoever, if nothing has altered it since; then the filling is over. Otherwise it
  /// goes on, and this tells why: altered, doubted, or none when it is not known what happened since. As with land, an answer that
  /// there is no room for is not kept. The footprint is needed.
  Entry::Watch offer(Content content, const model::Mark& mark);
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
  Entry::Watch ended = Entry::Watch::none;  // stale: how the feed's watch over the last entry ended, if it had one
  Filling filling;                     // stale, miss
};

struct Figures {
  std::uint64_t hits = 0, stale = 0, busy = 0, misses = 0, passes = 0;
  std::uint64_t stored = 0, dead = 0, too_large = 0, evicted = 0;
  std::uint64_t refilled_changed = 0, refilled_same = 0;  // after a changed row had dropped an entry, by its payload
  std::size_t entries = 0;
  std::size_t bytes = 0;
  FeedFigures feed;
};

struct Bounds {
  std::size_t bytes_max = 0;
  std::size_t entry_bytes_max = 0;
  History::Bounds history{};
};

/// Prepared responses by canonical query, of which one is served only while no commit can have altered it since it was read.
///
/// Two rules say so. Nothing at all was committed since: the database looks as it did. Or the cache has heard of every
/// commit up to now (`is_current`), and the response, admitted with its footprint, was altered by none of them.
///
/// Memory: never above bounds.bytes_max, counted as the allocator rounds it (base/heap.h; cache.cc says what for).
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
  /// Whether `entry` may be sent to a request that arrived when the database looked like `arrival`.
  [[nodiscard]] bool is_fresh(const Entry& entry, const model::Snapshot& arrival) const;
  /// The mark at which `entry` is what the database gives: the last one that was heard of. Nothing when it is not alive, or no
  /// history is known. Asked for after the feed has heard of all that the entry's read saw.
  [[nodiscard]] std::optional<model::Mark> vouch(const Entry& entry) const { return feed_.vouch(entry); }
  /// Where the history that was heard of ends.
  [[nodiscard]] std::optional<model::Mark> mark() const { return feed_.mark(); }
  /// Hears of each entry that died and had a copy outside (Entry::is_shared), under its key; without a lock held. Before anything is kept.
  using OnDead = std::function<void(const Key& key)>;
  void hear_dead(OnDead on_dead) { on_dead_ = std::move(on_dead); }
  /// Forgets everything; fills under way go on.
  void clear();

  /// Where the feed stands; to be asked before a read begins, for its Content.
  [[nodiscard]] std::uint64_t position() const { return feed_.position(); }
  /// Whether every commit up to `snapshot` has been heard of.
  [[nodiscard]] bool is_current(const model::Snapshot& snapshot) const { return feed_.is_at(snapshot); }
  /// Hears what was committed since the last time, and drops what it may have altered.
  void apply(model::Changes changes);

  /// What is known of a key, for people: its entry, or how its last entry ended. Nothing when the key is not known.
  struct Known {
    std::shared_ptr<const Entry> entry;
    End end;
  };
  [[nodiscard]] std::optional<Known> explain(const Key& key) const;

  [[nodiscard]] Figures figures() const;

 private:
  friend class Filling;
  class Shard;
  [[nodiscard]] Shard& shard_of(const Hash128& key) const;
  MakeFlight make_flight_;
  OnDead on_dead_;
  Feed feed_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// How many fills in a row may be dead on arrival before a key is passed, and how many look-ups that lasts.
inline constexpr std::uint8_t dead_fills_max = 3;
inline constexpr std::uint16_t passes_per_mark = 64;

}  // namespace aljibe::cache
