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

/// A node of the filter tree: a comparison, or children joined by AND or OR.
struct Condition {
  enum class Node : std::uint8_t { comparison, all_of, any_of };
  Node node = Node::all_of;
  bool negated = false;
  std::vector<Condition> children;     // all_of, any_of
  std::size_t column = 0;              // index into the table's columns
  Operator op = Operator::eq;
  Quantifier quantifier = Quantifier::one;
  std::vector<std::string> operands;   // decoded text; one, or those of `in`, any and all; checked against the column's type
  JsonPath path;
};

struct Output {
  std::size_t column = 0;
  std::string name;                    // the key in the response: alias or column name
  std::optional<model::Type> cast;
  JsonPath path;
};

/// Stands for SQLite's rowid where a table has no primary key.
inline constexpr std::size_t rowid_column = SIZE_MAX;

struct Ordering {
  std::size_t column = 0;
  Direction direction = Direction::ascending;
  Nulls nulls = Nulls::last;
  JsonPath path;
};

/// What a read does, resolved against a catalogue; holds no SQL text. Each engine writes its own SQL from it.
struct Plan {
  std::shared_ptr<const model::Catalogue> catalogue;
  const model::Table* table = nullptr;  // points into catalogue
  std::vector<Output> outputs;
  Condition condition;                  // all_of without children: every row
  std::vector<Ordering> order;          // total: ends in the primary key or the rowid, unless the table has neither
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> limit;
  Count count = Count::none;
  std::optional<std::vector<CursorValue>> after;  // keyset paging: the values of `order` in the last row of the page before
};

}  // namespace aljibe::query
