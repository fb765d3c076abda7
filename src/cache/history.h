#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cache/column_mask.h"
#include "model/mark.h"
#include "model/row_change.h"
#include "query/footprint.h"

namespace aljibe::cache {

/// Places in the history, in their order; the first ones are forgotten first.
class Places {
 public:
  using Place = std::uint64_t;
  void add(Place place) {
    if (size() == 0 || places_.back() != place) places_.push_back(place);
  }
  void forget_first();
  [[nodiscard]] std::size_t size() const { return places_.size() - first_; }
  [[nodiscard]] Place front() const { return places_[first_]; }
  /// Those from `place` on.
  [[nodiscard]] std::pair<const Place*, const Place*> from(Place place) const;

 private:
  std::vector<Place> places_;
  std::size_t first_ = 0;
};

/// The changes that were heard of last, so that a response that was read a while ago can be held against those that it did not
/// see: not against each, but against those that its footprint may find. Not for several threads.
///
///   footprint ─► values of its pivot, or the span of its page ─► places of changes ─► columns differ? ─► affects?
///
/// Columns are indexed when a footprint first asks for them. What would take too many looks is taken for altered.
class History {
 public:
  struct Bounds {
    std::size_t changes_max = 16'384;
    std::size_t bytes_max = 16U << 20U;
    std::size_t marks_max = 0;  // log rows whose marks are known; 0: none is needed
  };
  using Place = Places::Place;

  explicit History(const Bounds& bounds) : bounds_(bounds) {}

  /// A change that was heard of at `position` of the feed.
  void add(std::uint64_t position, const model::RowChange& change);
  /// The log's rows go on with these, or begin anew: at `changes.first`.
  void add_marks(const model::Changes& changes);
  /// What is heard of next does not follow on what was, up to `position` of the feed.
  void forget(std::uint64_t position);

  /// The first place that a read did not surely see which began when the feed stood at `position`; nothing when changes since were forgotten.
  [[nodiscard]] std::optional<Place> after(std::uint64_t position) const;
  /// The first place behind `mark`; nothing when this history does not hold that mark, or changes since were forgotten.
  [[nodiscard]] std::optional<Place> after(const model::Mark& mark) const;
  /// Where the history ends; nothing when no mark says so.
  [[nodiscard]] std::optional<model::Mark> end() const;

  /// Whether a change from `place` on alters what has this footprint. Unknown after `looks_max` looks too.
  query::Effect effect_since(Place place, const query::Footprint& footprint, std::size_t looks_max);

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Table;
  struct Item {
    std::uint64_t position = 0;
    std::uint64_t id = 0;
    ColumnMask columns = every_column;  // of an update: those that differ
    Table* table = nullptr;
    std::string packed;  // empty: any row of the table
  };
  /// Where a column has a value.
  struct ByValue {
    std::unordered_map<std::uint64_t, Places> places;
    Places others;  // rows without the column
  };
  /// Where a column has a number.
  struct ByNumber {
    std::map<double, Places> places;
    Places others;  // nulls and texts
  };
  struct Table {
    std::string name;
    Places all;
    Places whole;  // changes of any row
    std::map<std::size_t, ByValue> by_value;
    std::map<std::size_t, ByNumber> by_number;
  };
  /// How far a search has come.
  struct Search {
    Place from = 0;
    std::size_t looks_left = 0;
    const query::Scope& scope;
    ColumnMask columns = every_column;
    query::Effect effect = query::Effect::no;
    [[nodiscard]] bool is_over() const { return effect != query::Effect::no; }
  };

  [[nodiscard]] const Item& at(Place place) const { return items_[place - first_]; }
  void forget_first();
  static std::string packed(const model::RowChange& change);
  static model::RowChange unpacked(const Item& item);
  void look(Search& search, const Places& places) const;
  void look_by_value(Search& search, Table& table, const query::Pivot& pivot);
  void look_by_number(Search& search, Table& table, std::size_t column, double least, double most);
  void find(Search& search, Table& table);
  ByValue& by_value(Table& table, std::size_t column);
  ByNumber& by_number(Table& table, std::size_t column);
  template <class Fn>
  static void for_each_value(const Item& item, std::size_t column, const Fn& fn);
  template <class Fn>
  static void for_each_list(ByValue& index, std::size_t column, const Item& item, const Fn& fn);
  template <class Fn>
  static void for_each_list(ByNumber& index, std::size_t column, const Item& item, const Fn& fn);

  const Bounds bounds_;
  std::deque<Item> items_;
  Place first_ = 0;                     // of items_
  std::uint64_t floor_ = 1;             // a read that began before this position did not see what is forgotten
  std::uint64_t floor_id_ = 0;          // log row of the last change that is forgotten
  std::size_t bytes_ = 0;
  std::map<std::string, Table, std::less<>> tables_;
  std::deque<std::uint64_t> nonces_;    // of the log's rows from marks_first_ on
  std::uint64_t marks_first_ = 0;
  std::uint64_t schema_ = 0;
};

}  // namespace aljibe::cache
