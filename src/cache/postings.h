#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cache/column_mask.h"
#include "cache/entry.h"
#include "cache/span.h"

namespace aljibe::cache {

/// The entries that read one table, found by the values of a changed row. Not for several threads.
///
///   change ─► keys of its rows ─► lists of postings ─► verdict of each, from the posting alone ─► yes, or a look at the footprint
///
/// Most of the time of a search goes into memory that is not in a core's cache: so a posting holds what settles most
/// changes, and the entries of those that are left are fetched together. Source: access predicates, Fabret et al., SIGMOD 2001.
class Postings {
 public:
  /// What a posting says of a change by itself. Look: the footprint must tell.
  enum class Verdict : std::uint8_t { no, yes, look };

  void add(const std::shared_ptr<const Entry>& entry, std::size_t scope);

  /// Calls `fn(const std::shared_ptr<const Entry>&, std::size_t scope, Verdict)` for each living entry that `change` may alter,
  /// some maybe twice; those that it kills, and those that were evicted, are forgotten.
  template <class Fn>
  void for_each_candidate(const model::RowChange& change, const Fn& fn) {
    if (!change.before && !change.after) return for_each(fn);
    find_candidates(change);
    // From the last to the first: what takes the place of a posting that goes was looked at before.
    for (auto candidate = candidates_.rbegin(); candidate != candidates_.rend(); ++candidate) visit(*candidate->list, candidate->index, candidate->verdict, fn);
    drop_empty_lists();
  }

  /// The same for all.
  template <class Fn>
  void for_each(const Fn& fn) {
    const auto visit_all = [&](List& list) {
      for (auto i = list.postings.size(); i > 0; --i) visit(list, i - 1, Verdict::look, fn);
    };
    visit_all(others_);
    for (auto& [key, list] : by_key_) visit_all(list);
  }

  /// Forgets what was evicted.
  void sweep();
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::uint16_t no_pivot = std::numeric_limits<std::uint16_t>::max();

  /// One part of an entry that reads the table.
  struct Posting {
    std::weak_ptr<const Entry> entry;
    const Entry* address = nullptr;  // to fetch it early; the entry may be gone
    std::uint64_t columns = every_column;  // that it reads, a bit each; the last one stands for all that follow
    Span span;
    std::uint32_t value = 0;         // of the key of its pivot
    std::uint16_t pivot = no_pivot;  // in pivots_
    std::uint16_t ordered_by = 0;    // the column that the span is of
    std::uint16_t scope = 0;         // of the entry's footprint
    std::uint16_t width = 0;         // columns of the table
    bool is_settled = false;         // the footprint says no more than this
  };

  struct List {
    std::vector<Posting> postings;
    std::uint64_t columns = 0;  // of any posting that was ever here
  };
  using Lists = std::unordered_map<std::uint64_t, List>;

  struct Candidate {
    List* list = nullptr;
    std::size_t index = 0;
    Verdict verdict = Verdict::look;
  };

  /// Windows between two numbers of one column, none wider than a cell of `2^exponent`: what holds x begins in its cell or in the
  /// one before. Those of entries with a pivot lie apart for each of its values.
  struct Grid {
    std::uint16_t pivot = no_pivot;
    std::size_t column = 0;
    int exponent = 0;
    friend bool operator==(const Grid&, const Grid&) = default;
  };

  /// A row of the change, with the keys of its values in the pivots' columns.
  struct Image {
    const model::StoredRow* row = nullptr;  // null: there is none
    std::vector<std::uint64_t> keys;
  };

  /// The change that is looked for.
  struct Probe {
    Image before, after;
    bool is_update = false;
    std::uint64_t columns = 0;  // of an update: those that differ

    [[nodiscard]] bool may_alter(std::uint64_t read) const { return !is_update || read == every_column || (columns & read) != 0; }
  };

  /// Whether a row stands in what a posting tells of its page. Edge: beside an end, or not to be told by numbers.
  enum class Place : std::uint8_t { outside, edge, inside };

  static Posting posting_of(const std::shared_ptr<const Entry>& entry, std::size_t index, const query::Scope& scope);
  void add(const Posting& posting, std::uint64_t value);
  std::uint16_t pivot_of(std::size_t column);
  static std::optional<Grid> grid_of(const Posting& posting);
  static double cell_of(const Grid& grid, double number);
  static std::uint64_t key_of(std::uint64_t value, const Grid& grid, double cell);

  void set_probe(const model::RowChange& change);
  void set_image(Image& image, const std::optional<model::StoredRow>& row) const;
  void add_keys_of(const Image& image);
  [[nodiscard]] static Place place_of(const Posting& posting, const Image& image);
  [[nodiscard]] Verdict verdict_of(const Posting& posting) const;
  void find_candidates(const model::RowChange& change);
  void find_candidates(List& list);
  void drop_empty_lists();

  template <class Fn>
  void visit(List& list, std::size_t index, Verdict verdict, const Fn& fn) {
    auto& posting = list.postings[index];
    const auto entry = posting.entry.lock();
    if (entry && entry->is_alive()) fn(entry, posting.scope, verdict);
    if (entry && entry->is_alive()) return;
    posting = std::move(list.postings.back());
    list.postings.pop_back();
    --size_;
  }

  Lists by_key_;                      // by value, cell or both; two that share a key share candidates
  std::vector<std::size_t> pivots_;   // columns that some key is of
  std::vector<Grid> grids_;           // that some key is of
  List others_;                       // no value of a row tells them
  std::uint64_t columns_ = 0;         // that any posting reads
  std::size_t size_ = 0;

  // Of the change that is looked for; here to keep their memory.
  Probe probe_;
  std::vector<std::uint64_t> keys_;
  std::vector<Lists::iterator> visited_;
  std::vector<Candidate> candidates_;
};

}  // namespace aljibe::cache
