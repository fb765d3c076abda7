#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cache/entry.h"
#include "cache/history.h"
#include "cache/postings.h"
#include "model/row_change.h"

namespace aljibe::cache {

/// What the database looked like when the last of the changes that were applied was read. One writer; readers never wait.
class Frontier {
 public:
  void set(const model::Snapshot& snapshot);
  [[nodiscard]] bool is_at(const model::Snapshot& snapshot) const;

 private:
  std::atomic<std::uint64_t> turn_{1};  // odd: being written, or never written
  std::array<std::atomic<std::uint64_t>, model::Snapshot{}.words.size()> words_{};
};

/// Entries that changed rows of one table dropped.
struct TableFigures {
  std::string name;
  std::uint64_t dropped = 0;         // those that a row surely altered
  std::uint64_t dropped_unsure = 0;  // those that a row may have altered
};

struct FeedFigures {
  std::uint64_t changes = 0;         // rows heard of
  std::uint64_t dropped = 0;         // entries that a row surely altered
  std::uint64_t dropped_unsure = 0;  // entries that a row may have altered
  std::uint64_t flushes = 0;         // times that everything watched was dropped
  std::size_t watched = 0;           // postings of entries that are watched
  std::vector<TableFigures> tables;  // of which any entry was dropped
};

/// Follows the database's changes and knows which entries each may alter.
///
/// The rule (cache.md §3): an entry is alive while no change that its read did not see may have altered it. So admission
/// looks at every change since before the read began, and each change that comes later looks at every entry that was
/// admitted; both under one lock, so that no change falls between.   Threads: any.
class Feed {
 public:
  explicit Feed(const History::Bounds& bounds) : history_(bounds) {}

  /// How many changes were heard of. What is read after this was asked holds them all.
  [[nodiscard]] std::uint64_t position() const { return position_.load(std::memory_order_acquire); }
  /// Whether every commit that `snapshot` holds was heard of, and no other.
  [[nodiscard]] bool is_at(const model::Snapshot& snapshot) const { return frontier_.is_at(snapshot); }
  /// Whether no commit that `arrival` holds can have altered the entry since it was read.
  [[nodiscard]] bool is_fresh(const Entry& entry, const model::Snapshot& arrival) const {
    // In this order: an entry that is alive after the feed was seen at `arrival` was altered by nothing up to then (cache.md §3, B2).
    return entry.was_read_in(arrival) || (is_at(arrival) && entry.is_alive());
  }

  /// Begins to watch `entry`, unless something may have altered it already or can no longer be told.
  Entry::Watch admit(const std::shared_ptr<const Entry>& entry);
  /// The same for what is known to have been the answer at `mark`, in whatever process.
  Entry::Watch admit(const std::shared_ptr<const Entry>& entry, const model::Mark& mark);
  /// The mark at which `entry` is what the database gives: the last one that was heard of. Nothing when it is not alive, or no history is known.
  [[nodiscard]] std::optional<model::Mark> vouch(const Entry& entry) const;

  [[nodiscard]] std::optional<model::Mark> mark() const;

  struct Killed {
    std::shared_ptr<const Entry> entry;
    std::shared_ptr<const model::RowChange> change;  // null when everything was flushed
    std::size_t scope = 0;                           // of the entry's footprint

    [[nodiscard]] End end() const;
  };
  /// Gives the entries that `changes` killed.
  std::vector<Killed> apply(model::Changes changes);

  [[nodiscard]] FeedFigures figures() const;

 private:
  void flush(std::vector<Killed>& killed);
  TableFigures& figures_of(const std::string& table);
  void match(const std::shared_ptr<const model::RowChange>& change, std::vector<Killed>& killed);
  Entry::Watch admit(const std::shared_ptr<const Entry>& entry, std::optional<History::Place> since, std::size_t looks_max);
  void sweep();

  Frontier frontier_;
  std::atomic<std::uint64_t> position_{0};
  mutable std::mutex mutex_;
  std::map<std::string, Postings, std::less<>> tables_;
  History history_;
  std::size_t swept_size_ = 0;
  FeedFigures figures_;
  std::map<std::string, TableFigures, std::less<>> dropped_;
};

}  // namespace aljibe::cache
