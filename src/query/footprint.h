#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/row_change.h"
#include "query/cursor.h"
#include "query/plan.h"
#include "query/predicate.h"

namespace aljibe::query {

/// Whether a change alters a response. Unknown: it may; only the database could tell.
enum class Effect : std::uint8_t { no, yes, unknown };

/// The part of a table's order that a page shows: behind `after`, up to `beyond`, which is the first row that it does not
/// show (its being there shows in the link to the next page). Without one of them the page is open on that side.
struct Window {
  struct Step {
    std::size_t column = 0;
    Direction direction = Direction::ascending;
    Nulls nulls = Nulls::last;
  };
  std::vector<Step> order;             // total
  std::vector<model::Stored> after;
  std::vector<model::Stored> beyond;

  [[nodiscard]] bool shows(const model::StoredRow& row) const;
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
  /// All the memory beside the object.
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// Of a row that was there and is: whether nothing differs that the response reads.
  [[nodiscard]] bool leaves_columns(const model::RowChange& change) const;
};

/// What a response read, so that a change can be told to leave it as it is. Immutable.   Threads: any.
struct Footprint {
  std::vector<Scope> scopes;

  /// The whole object's memory.
  [[nodiscard]] std::size_t bytes() const;
};

/// The footprint of what was read for `plan`; `beyond` is the place of the first row that the page does not show, empty when
/// there is none. Nothing when it reads what no change tells of: views, tables that are not logged, indexes of words,
/// statistics.
std::optional<Footprint> footprint_of(const Plan& plan, const std::vector<CursorValue>& beyond);

/// "(1, 'chair') became (1, 'stool')" of the columns that `scope` reads and the primary key, for people.
std::string describe(const model::RowChange& change, const Scope& scope, const model::Table& table);

/// Whether `change` may alter what has this footprint.
Effect affects(const model::RowChange& change, const Footprint& footprint);

}  // namespace aljibe::query
