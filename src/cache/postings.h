#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <unordered_map>
#include <vector>

#include "cache/entry.h"

namespace aljibe::cache {

/// The entries that read one table, found by the values of a changed row. Not for several threads.
class Postings {
 public:
  /// One part of an entry that reads the table, with what settles most changes without a look at the entry: the columns that it
  /// reads, and where its page begins and ends in the first column of the order.
  struct Posting {
    std::weak_ptr<const Entry> entry;
    std::uint64_t columns = ~std::uint64_t{0};  // a bit each; the last one stands for all that follow
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    std::uint32_t scope = 0;         // of the entry's footprint
    std::uint32_t ordered_by = 0;    // the column that least and most are of
  };

  /// A change as postings look at it.
  struct Probe {
    const model::RowChange& change;
    bool is_update = false;
    std::uint64_t columns = 0;       // of an update: those that differ
    explicit Probe(const model::RowChange& row_change);
    /// False: the change surely leaves the posting's entry as it is.
    [[nodiscard]] bool may_alter(const Posting& posting) const;
  };

  void add(const std::shared_ptr<const Entry>& entry, std::size_t scope);

  /// Calls `fn(const std::shared_ptr<const Entry>&, std::size_t scope)` for each living entry that `change` may alter,
  /// some maybe twice; those that it kills, and those that were evicted, are forgotten.
  template <class Fn>
  void for_each_candidate(const model::RowChange& change, const Fn& fn) {
    const Probe probe(change);
    visit(others_, probe, fn);
    if (!change.before && !change.after) {
      for (auto& [key, list] : by_value_) visit(list, probe, fn);
      return;
    }
    for (const auto column : pivots_) {
      const auto before = key_of(column, change.before);
      const auto after = key_of(column, change.after);
      visit(before, probe, fn);
      if (after != before) visit(after, probe, fn);
    }
    for (const auto& grid : grids_) {
      visit_windows(grid, change.before, probe, fn);
      visit_windows(grid, change.after, probe, fn);
    }
  }

  template <class Fn>
  void for_each(const Fn& fn) {
    for_each_candidate({.table = {}, .before = {}, .after = {}}, fn);
  }

  /// Forgets what was evicted.
  void sweep();
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  using List = std::vector<Posting>;

  /// Windows between two numbers of one column, none wider than a cell of `2^exponent`: what holds x begins in its cell or in the
  /// one before.
  struct Grid {
    std::size_t column = 0;
    int exponent = 0;
    friend bool operator==(const Grid&, const Grid&) = default;
  };

  void add_by_window(const Posting& posting);
  static Posting posting_of(const std::shared_ptr<const Entry>& entry, std::size_t scope);
  static std::uint64_t key_of(std::size_t column, const model::Stored& value);
  static std::uint64_t key_of(std::size_t column, const std::optional<model::StoredRow>& row);
  static std::uint64_t key_of(const Grid& grid, double cell);
  static std::optional<Grid> grid_of(const Posting& posting);
  static double cell_of(const Grid& grid, double number);
  static std::optional<double> number_at(const std::optional<model::StoredRow>& row, std::size_t column);

  template <class Fn>
  void visit(std::uint64_t key, const Probe& probe, const Fn& fn) {
    const auto found = by_value_.find(key);
    if (found == by_value_.end()) return;
    visit(found->second, probe, fn);
    if (found->second.empty()) by_value_.erase(found);
  }

  template <class Fn>
  void visit_windows(const Grid& grid, const std::optional<model::StoredRow>& row, const Probe& probe, const Fn& fn) {
    const auto number = number_at(row, grid.column);
    if (!number) return;  // outside of every window between numbers
    const auto cell = cell_of(grid, *number);
    visit(key_of(grid, cell), probe, fn);
    visit(key_of(grid, cell - 1), probe, fn);
  }

  template <class Fn>
  void visit(List& list, const Probe& probe, const Fn& fn) {
    for (std::size_t i = 0; i < list.size();) {
      if (!probe.may_alter(list[i])) {
        ++i;
        continue;
      }
      const auto entry = list[i].entry.lock();
      if (entry && entry->is_alive()) fn(entry, list[i].scope);
      if (entry && entry->is_alive()) {
        ++i;
        continue;
      }
      list[i] = std::move(list.back());
      list.pop_back();
      --size_;
    }
  }

  std::unordered_map<std::uint64_t, List> by_value_;  // by column and value; two that share a key share candidates
  std::vector<std::size_t> pivots_;                   // columns that some key is of
  std::vector<Grid> grids_;                           // that some key is of
  List others_;                                       // no value of a row tells them
  std::size_t size_ = 0;
};

}  // namespace aljibe::cache
