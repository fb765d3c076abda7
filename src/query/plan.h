#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/table.h"
#include "query/cursor.h"

namespace aljibe::query {

enum class Operator : std::uint8_t {
  eq, neq, gt, gte, lt, lte, like, ilike, match, imatch, in, is, isdistinct,
  fts, plfts, phfts, wfts, cs, cd, ov, sl, sr, nxr, nxl, adj
};
enum class Quantifier : std::uint8_t { one, any, all };
enum class Direction : std::uint8_t { ascending, descending };
enum class Nulls : std::uint8_t { first, last };
enum class Count : std::uint8_t { none, exact, planned, estimated };
enum class Aggregate : std::uint8_t { none, avg, count, max, min, sum };
enum class Join : std::uint8_t { left, inner };
enum class Spread : std::uint8_t { no, yes };

/// A place inside a JSON column: `->a->0->>b`. Without steps it is the column itself.
struct JsonPath {
  enum class Arrow : std::uint8_t { json, text };
  struct Step {
    std::string key;
    bool is_index = false;  // of an array; negative ones count from its end
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::vector<Step> steps;
  Arrow last = Arrow::json;

  [[nodiscard]] bool is_empty() const { return steps.empty(); }
  friend bool operator==(const JsonPath&, const JsonPath&) = default;
};

/// A node of the filter tree: a comparison, children joined by AND or OR, or whether an embed of the read has a row.
struct Condition {
  enum class Node : std::uint8_t { comparison, all_of, any_of, embed_exists };
  Node node = Node::all_of;
  bool negated = false;
  std::vector<Condition> children;     // all_of, any_of
  std::size_t column = 0;              // index into the table's columns; of embed_exists into the read's embeds
  Operator op = Operator::eq;
  Quantifier quantifier = Quantifier::one;
  std::vector<std::string> operands;   // decoded text; one, or those of `in`, any and all; checked against the column's type
  JsonPath path;
};

/// Stands for SQLite's rowid where a table has no primary key.
inline constexpr std::size_t rowid_column = SIZE_MAX;
/// What `count()` counts: rows.
inline constexpr std::size_t every_row = SIZE_MAX;

struct Output {
  std::size_t column = 0;
  std::string name;                    // the key in the response: alias or column name
  std::optional<model::Type> cast;     // of the column, before it is aggregated
  JsonPath path;
  Aggregate aggregate = Aggregate::none;
  std::optional<model::Type> aggregate_cast;
  std::optional<std::size_t> embed;    // what this embed gives, instead of a column
  std::size_t inner = 0;               // of a spread embed: which of its outputs
};

struct Ordering {
  std::size_t column = 0;
  Direction direction = Direction::ascending;
  Nulls nulls = Nulls::last;
  JsonPath path;
  std::optional<std::size_t> embed;    // the column is one of this embed's table; the embed is joined
  std::optional<std::size_t> output;   // in grouped reads: an output instead of a column
};

/// How the rows of two tables belong together. Columns stand in pairs: own[i] equals theirs[i] or, with a junction between,
/// own[i] equals near[i] and far[i] equals theirs[i].
struct Relationship {
  enum class Cardinality : std::uint8_t { to_one, to_many, many_to_many };
  Cardinality cardinality = Cardinality::to_one;
  std::string name;                    // of the constraint or constraints
  const model::Table* target = nullptr;
  std::vector<std::size_t> own;
  std::vector<std::size_t> theirs;
  const model::Table* junction = nullptr;
  std::vector<std::size_t> near;       // the junction's columns that equal `own`
  std::vector<std::size_t> far;        // the junction's columns that equal `theirs`
};

struct Embed;

/// Rows of one table, with the rows of others that belong to each.
struct Read {
  const model::Table* table = nullptr;  // points into the plan's catalogue
  std::vector<Output> outputs;
  std::vector<Embed> embeds;
  Condition condition;                  // all_of without children: every row
  std::vector<Ordering> order;          // total: ends in the primary key or the rowid, unless the table has neither
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> limit;
  bool is_grouped = false;              // some output is an aggregate: one row for each value of the others
  bool hides_order = false;             // the order looks at columns that the asker may not see: no cursor may tell their values
};

/// Related rows: an object for one, an array for many; with Spread::yes their outputs stand among the parent's.
struct Embed {
  std::string name;
  Join join = Join::left;               // inner: parents without a row here are not read (a Condition says so too)
  Spread spread = Spread::no;
  Relationship relationship;
  Read read;

  /// At most one row, whose columns the parent's condition and order can use.
  [[nodiscard]] bool is_joined() const { return relationship.cardinality == Relationship::Cardinality::to_one && !read.is_grouped; }
};

/// What a read does, resolved against a catalogue; holds no SQL text. Each engine writes its own SQL from it.
struct Plan : Read {
  std::shared_ptr<const model::Catalogue> catalogue;
  Count count = Count::none;
  std::optional<std::vector<CursorValue>> after;  // keyset paging: the values of `order` in the last row of the page before
};

/// Where an output's value comes from, once the spread joined embeds on the way are passed.
struct Leaf {
  const Read* read = nullptr;
  const Output* output = nullptr;
  std::vector<std::size_t> way;  // embeds, from the read outwards
};
Leaf leaf_of(const Read& read, const Output& output);

/// The type of a value as it leaves; embedded objects and arrays are JSON.
model::Type type_of(const Read& read, const Output& output);

/// Whether pages can be continued after a row: not when rows are groups.
inline bool has_cursor(const Read& read) { return !read.is_grouped && !read.order.empty() && !read.hides_order; }

/// Calls `fn` for every table that the plan reads, junctions included, some maybe twice.
template <class Fn>
void for_each_table(const Read& read, const Fn& fn) {
  fn(*read.table);
  for (const auto& embed : read.embeds) {
    if (embed.relationship.junction != nullptr) fn(*embed.relationship.junction);
    for_each_table(embed.read, fn);
  }
}

}  // namespace aljibe::query
