#pragma once

#include <cstdint>
#include <map>
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

struct Query;

/// A column, an aggregate, or rows of a related table.
struct Selection {
  std::string column;  // "*": every column; of an embed: table, constraint or column; empty: count()
  std::string alias;   // empty: the column's own name
  std::optional<model::Type> cast;
  JsonPath path;
  Aggregate aggregate = Aggregate::none;
  std::optional<model::Type> aggregate_cast;
  std::string hint;
  std::optional<Join> join;
  Spread spread = Spread::no;
  std::vector<Query> embedded;  // one, of an embed: what is asked of the related table

  [[nodiscard]] bool is_embed() const { return !embedded.empty(); }
  /// The name of an embed, for parameters that speak of it.
  [[nodiscard]] const std::string& name() const { return alias.empty() ? column : alias; }
  [[nodiscard]] bool is_every_column() const { return column == "*" && alias.empty() && !cast && path.is_empty() && aggregate == Aggregate::none && !is_embed(); }
};

struct Sorting {
  std::string column;
  Direction direction = Direction::ascending;
  std::optional<Nulls> nulls;
  JsonPath path;
  std::string embed;  // the column is one of this embed's
};

/// What a URL asks of a table; names are unresolved, so that it can be parsed and keyed without a catalogue.
struct Query {
  std::vector<Selection> select;   // empty: every column; of an embed nothing
  std::vector<Filter> filters;     // joined by AND
  std::vector<Sorting> order;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint64_t> limit;
  std::optional<std::string> after;
  Count count = Count::none;

  [[nodiscard]] bool has_embeds() const;
  [[nodiscard]] bool has_aggregates() const;  // at any depth
};

/// Reads the query string of a read, as sent: percent-encoded.
///
/// Errors:  query_syntax with the place in `details`, range_unsatisfiable for a negative limit, embed_unknown for a
///          parameter that speaks of rows that are not selected.   Threads: any.
/// Source:  the dialect's public documentation; reference in docs/http.md.
Result<Query> parse(std::string_view encoded, const Limits& limits);

/// One text for all queries that mean the same: parameters in order, defaults gone, values length-prefixed so that no
/// value can pretend to be another parameter. The key of the cache and the base of Content-Location.
std::string canonical(const Query& query);

enum class Aggregates : std::uint8_t { refused, allowed };

struct Policy;
using Policies = std::map<std::string, Policy, std::less<>>;

/// What a plan may do. A Limits alone refuses all that has to be allowed, and hides nothing.
struct PlanRules {
  PlanRules(const Limits& bounds, Aggregates grouping = Aggregates::refused, const Policies* seen = nullptr) : limits(bounds), aggregates(grouping), policies(seen) {}
  const Limits& limits;
  Aggregates aggregates;
  const Policies* policies;  // what of each table the asker may see; null: everything
};

/// Resolves names, types and relationships against `catalogue`. What the policies hide is as good as not there: columns are unknown, rows
/// are left out by conditions of the plan, tables cannot be embedded, nor joined by columns or through tables that hide something.
///
/// Errors:  table_unknown, column_unknown (with the name that was probably meant), value_invalid, operator_unsupported,
///          relationship_unknown, relationship_ambiguous, embed_unknown, order_unrelated, aggregates_disabled,
///          order_ungrouped, query_syntax for a cursor of another order.
Result<Plan> make_plan(const Query& query, std::string_view table, std::shared_ptr<const model::Catalogue> catalogue, const PlanRules& rules);

/// The conditions of a policy, which may speak of every column of the table.
/// Errors: policy_broken, where the table has no such column, or a value of the asker's does not fit it.
Result<std::vector<Condition>> make_conditions(const std::vector<Filter>& filters, const model::Table& table, const Limits& limits);

}  // namespace aljibe::query
