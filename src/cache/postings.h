#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "cache/entry.h"

namespace aljibe::cache {

/// The entries that read one table, found by the values of a changed row. Not for several threads.
class Postings {
 public:
  /// One part of an entry that reads the table.
  struct Posting {
    std::weak_ptr<const Entry> entry;
    std::size_t scope = 0;  // of the entry's footprint
  };

  void add(const std::shared_ptr<const Entry>& entry, std::size_t scope);

  /// Calls `fn(const std::shared_ptr<const Entry>&, std::size_t scope)` for each living entry that `change` may alter,
  /// some maybe twice; those that it kills, and those that were evicted, are forgotten.
  template <class Fn>
  void for_each_candidate(const model::RowChange& change, const Fn& fn) {
    visit(others_, fn);
    if (!change.before && !change.after) {
      for (auto& [key, list] : by_value_) visit(list, fn);
      return;
    }
    for (const auto column : pivots_) {
      const auto before = key_of(column, change.before);
      const auto after = key_of(column, change.after);
      visit(before, fn);
      if (after != before) visit(after, fn);
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

  static std::uint64_t key_of(std::size_t column, const model::Stored& value);
  static std::uint64_t key_of(std::size_t column, const std::optional<model::StoredRow>& row);

  template <class Fn>
  void visit(std::uint64_t key, const Fn& fn) {
    const auto found = by_value_.find(key);
    if (found == by_value_.end()) return;
    visit(found->second, fn);
    if (found->second.empty()) by_value_.erase(found);
  }

  template <class Fn>
  void visit(List& list, const Fn& fn) {
    for (std::size_t i = 0; i < list.size();) {
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
  List others_;                                       // no value of a row tells them
  std::size_t size_ = 0;
};

}  // namespace aljibe::cache
