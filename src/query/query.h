#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "model/table.h"
#include "query/plan.h"

namespace aljibe::query {

/// A node of the filter tree as the URL has it: names, not yet resolved.
struct Filter {
  Condition::Node node = Condition::Node::all_of;
  bool negated = false;
  std::vector<Filter> children;
  std::string column;
  Operator op = Operator::eq;
  Quantifier quantifier = Quantifier::one;
  std::vector<std::string> operands;
  JsonPath path;
};

struct Selection {
  std::string column;  // "*": every column
  std::string alias;   // empty: the column's own name
  std::optional<model::Type> cast;
  JsonPath path;
};

struct Sorting {
  std::string column;
  Direction direction = Direction::ascending;
  std::optional<Nulls> nulls;
  JsonPath path;
};

/// What a URL asks of a table; names are unresolved, so that it can be parsed and keyed without a catalogue.
struct Query {
  std::vector<Selection> select;   // empty: every column
  std::vector<Filter> filters;     // joined by AND
  std::vector<Sorting> order;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint64_t> limit;
  std::optional<std::string> after;
  Count count = Count::none;
};

/// Reads the query string of a read, as sent: percent-encoded.
///
/// Errors:  query_syntax with the place in `details`, range_unsatisfiable for a negative limit, relationship_unknown for
///          embedded tables.   Threads: any.
/// Source:  the dialect's public documentation; reference in docs/http.md.
Result<Query> parse(std::string_view encoded, const Limits& limits);

/// One text for all queries that mean the same: parameters in order, defaults gone, values length-prefixed so that no
/// value can pretend to be another parameter. The key of the cache and the base of Content-Location.
std::string canonical(const Query& query);

/// Resolves names and types against `catalogue`.
///
/// Errors:  table_unknown, column_unknown (with the name that was probably meant), value_invalid.
Result<Plan> make_plan(const Query& query, std::string_view table, std::shared_ptr<const model::Catalogue> catalogue, const Limits& limits);

}  // namespace aljibe::query
