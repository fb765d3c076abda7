#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/row_change.h"
#include "query/cursor.h"
#include "query/packed.h"
#include "query/plan.h"
#include "query/predicate.h"

namespace aljibe::query {

/// Whether a change alters a response. Unknown: it may; only the database could tell.
enum class Effect : std::uint8_t { no, yes, unknown };

/// The part of a table's order that a page shows: behind `after`, from `first` up to `last`; and the row behind it, at `beyond`,
/// whose being there shows in the link to the next page. Without one of them the page is open on that side.
struct Window {
  struct Step {
    std::size_t column = 0;
    Direction direction = Direction::ascending;
    Nulls nulls = Nulls::last;
  };
  std::vector<Step> order;             // total
  std::vector<model::Stored> after;
  std::vector<model::Stored> first;    // with an offset
  std::vector<model::Stored> last;
  std::vector<model::Stored> beyond;

  /// Where a row stands: not counted, in front of the page, on it, the one behind it, or further behind.
  enum class Zone : std::uint8_t { before, front, page, next, behind };
  [[nodiscard]] Zone zone_of(const model::StoredRow& row) const;
};

/// What a response read of one table.
struct Scope {
  std::string table;
  Predicate condition;
  std::optional<Pivot> pivot;          // of the condition
  std::vector<bool> columns;           // shown, filtered, ordered or joined by
  std::optional<Window> window;        // nothing: wherever a row stands it may show
  bool depends_on_way = false;         // on the way in which the database goes through the rows, which no column tells
  std::vector<std::size_t> loose_key;  // columns of the primary key that may be null: rows without a key have no order of their own
  bool is_counted = false;             // the response says how many rows there are, beyond the window too
  bool is_empty = false;               // no row is shown (limit=0)

  [[nodiscard]] Effect affected_by(const model::RowChange& change) const;
  /// "where category_id eq 1, reading asin, price, in the order price, asin up to (30, 'B7')", for people.
  [[nodiscard]] std::string describe(const model::Table& table) const;
  void pack(Packer& packer) const;
  static Scope unpacked(Unpacker& unpacker);

 private:
  /// Of a row that was there and is: whether nothing differs that the response reads.
  [[nodiscard]] bool leaves_columns(const model::RowChange& change) const;
  /// Of a row that was selected as `before` says, and is as `after` says: whether the page shows the same rows.
  [[nodiscard]] bool leaves_page(const model::RowChange& change, Truth before, Truth after) const;
};

/// The scopes of a footprint, in few bytes; each is made anew from them when it is asked for.
class Scopes {
 public:
  Scopes() = default;
  explicit Scopes(const std::vector<Scope>& scopes);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] Scope operator[](std::size_t index) const;
  /// The table of each, without the rest.
  [[nodiscard]] std::string_view table_of(std::size_t index) const;
  /// How many postings the scopes are found by: the values of their pivots, or one.
  [[nodiscard]] std::size_t postings() const { return postings_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_size_; }
  /// For scopes that are kept elsewhere: only what unpacked() of the same program reads.
  void pack(Packer& packer) const;
  static Scopes unpacked(Unpacker& unpacker);

  class Iterator {
   public:
    Iterator(const Scopes& scopes, std::size_t index) : scopes_(&scopes), index_(index) {}
    Scope operator*() const { return (*scopes_)[index_]; }
    Iterator& operator++() { return ++index_, *this; }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Scopes* scopes_;
    std::size_t index_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, count_}; }

 private:
  void keep(std::string_view bytes);
  [[nodiscard]] Unpacker at(std::size_t index) const;
  std::unique_ptr<char[]> bytes_;  // of each scope: how many bytes, and they
  std::uint32_t bytes_size_ = 0;
  std::uint32_t postings_ = 0;
  std::uint32_t count_ = 0;
};

/// What a response read, so that a change can be told to leave it as it is. Immutable.   Threads: any.
struct Footprint {
  Scopes scopes;
};

/// The footprint of what was read for `plan`, whose rows stand between these edges. Nothing when it reads what no change tells of: views, tables that are not logged, indexes of words,
/// statistics.
std::optional<Footprint> footprint_of(const Plan& plan, const Edges& edges);

/// "(1, 'chair') became (1, 'stool')" of the columns that `scope` reads and the primary key, for people.
std::string describe(const model::RowChange& change, const Scope& scope, const model::Table& table);

/// Whether `change` may alter what has this footprint.
Effect affects(const model::RowChange& change, const Footprint& footprint);

}  // namespace aljibe::query
