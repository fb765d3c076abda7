// Rows of the table times the share that each comparison lets through, as if columns knew nothing of each other.
//
// Rows come from sqlite_stat1 where ANALYZE has run, else from the largest rowid. An equality's share comes from an index
// that begins with the column (its stat says how many rows share a value; sqlite.org/fileformat2.html §2.6.1) or from a
// unique key; all other shares are PostgreSQL's defaults (selfuncs.h), as its clients know them.
#include "store/sqlite/estimate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string>

namespace aljibe::store::sqlite {
namespace {

using query::Condition;
using query::Operator;

constexpr double share_of_equality = 0.005;
constexpr double share_of_range = 0.3333;
constexpr double share_of_pattern = 0.05;
constexpr double share_of_null = 0.005;
/// Rows that have related ones: most, where somebody asks.
constexpr double share_of_related = 0.9;

struct Statistics {
  double rows = 0;
  std::map<std::size_t, double> rows_per_value;  // by column
};

double number_at(std::string_view text, std::size_t place) {
  for (; place > 0 && !text.empty(); --place) text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<void> read_statistics(Connection& connection, const model::Table& table, Statistics& statistics) {
  constexpr std::string_view doing = "reading statistics";
  if (ALJ_TRY(connection.query_integer("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'", doing)) == 0) return {};
  auto rows = ALJ_TRY(connection.prepare("SELECT stat, (SELECT name FROM pragma_index_info(idx) WHERE seqno = 0) FROM sqlite_stat1 WHERE tbl = ?", doing));
  rows.bind(1, std::string_view(table.name));
  while (ALJ_TRY(rows.step()) == Statement::Step::row) {
    statistics.rows = std::max(statistics.rows, number_at(rows.text(0), 0));
    if (const auto column = table.find(rows.text(1))) statistics.rows_per_value[*column] = number_at(rows.text(0), 1);
  }
  return {};
}

double share_of_one(const Condition& condition, const model::Table& table, const Statistics& statistics) {
  double equality = share_of_equality;
  const bool is_key = condition.path.is_empty() && (table.primary_key == std::vector{condition.column} || std::ranges::find(table.unique_keys, std::vector{condition.column}) != table.unique_keys.end());
  const auto known = condition.path.is_empty() ? statistics.rows_per_value.find(condition.column) : statistics.rows_per_value.end();
  if (known != statistics.rows_per_value.end()) equality = known->second / statistics.rows;
  if (is_key) equality = 1 / statistics.rows;
  switch (condition.op) {
    case Operator::eq: return equality;
    case Operator::in: return equality * static_cast<double>(condition.operands.size());
    case Operator::neq:
    case Operator::isdistinct: return 1 - equality;
    case Operator::gt:
    case Operator::gte:
    case Operator::lt:
    case Operator::lte: return share_of_range;
    case Operator::is: return condition.operands[0] == "not_null" ? 1 - share_of_null : condition.operands[0] == "true" || condition.operands[0] == "false" ? 0.5 : share_of_null;
    default: return share_of_pattern;
  }
}

double share_of(const Condition& condition, const model::Table& table, const Statistics& statistics) {
  double share = 1;
  switch (condition.node) {
    case Condition::Node::comparison: share = std::min(share_of_one(condition, table, statistics), 1.0); break;
    case Condition::Node::embed_exists: share = share_of_related; break;
    case Condition::Node::all_of:
      for (const auto& child : condition.children) share *= share_of(child, table, statistics);
      break;
    case Condition::Node::any_of: {
      double none = 1;
      for (const auto& child : condition.children) none *= 1 - share_of(child, table, statistics);
      share = 1 - none;
    }
  }
  return condition.negated ? 1 - share : share;
}

}  // namespace

Result<std::optional<std::uint64_t>> planned_count(Connection& connection, const query::Plan& plan) {
  const auto& table = *plan.table;
  if (table.relation == model::Relation::view) return std::nullopt;
  Statistics statistics;
  ALJ_TRY(read_statistics(connection, table, statistics));
  if (statistics.rows == 0) {
    auto largest = connection.query_integer("SELECT ifnull(max(_rowid_), 0) FROM " + identifier(table.name), "reading statistics");
    if (!largest) return std::nullopt;  // WITHOUT ROWID
    statistics.rows = static_cast<double>(*largest);
  }
  if (statistics.rows == 0) return 0;
  return static_cast<std::uint64_t>(std::llround(std::ceil(statistics.rows * share_of(plan.condition, table, statistics))));
}

}  // namespace aljibe::store::sqlite
