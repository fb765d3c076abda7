#include <algorithm>
#include <ranges>
#include <utility>

#include "base/text.h"
#include "query/operand.h"
#include "query/query.h"

namespace aljibe::query {
namespace {

std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates) {
  const auto meant = closest(name, candidates);
  return meant.empty() ? std::string() : "Did you mean '" + std::string(meant) + "'?";
}

Result<std::size_t> find_column(const model::Table& table, std::string_view name) {
  if (const auto found = table.find(name)) return *found;
  std::vector<std::string_view> names;
  for (const auto& column : table.columns) names.emplace_back(column.name);
  return fail(Code::column_unknown, "Column '" + std::string(name.substr(0, 100)) + "' does not exist in " + table.name, "", suggestion(name, names));
}

/// Paths lead into columns that may hold JSON.
Result<void> check_path(const JsonPath& path, const model::Column& column) {
  if (path.is_empty() || !column.is_typed || column.type.kind == model::Kind::json || column.type.kind == model::Kind::text) return {};
  return fail(Code::operator_unsupported, "Column '" + column.name + "' holds no JSON: it is of type " + to_text(column.type), "", "-> and ->> look inside json columns.");
}

/// The key of a path's value in the response: the last name on the way.
std::string name_of(const Selection& item) {
  if (!item.alias.empty()) return item.alias;
  for (const auto& step : std::views::reverse(item.path.steps)) {
    if (!step.is_index) return step.key;
  }
  return item.column;
}

Result<Condition> resolve(const Filter& filter, const model::Table& table) {
  Condition condition{.node = filter.node, .negated = filter.negated};
  if (filter.node != Condition::Node::comparison) {
    for (const auto& child : filter.children) condition.children.push_back(ALJ_TRY(resolve(child, table)));
    return condition;
  }
  condition.column = ALJ_TRY(find_column(table, filter.column));
  condition.op = filter.op;
  condition.quantifier = filter.quantifier;
  condition.operands = filter.operands;
  condition.path = filter.path;
  ALJ_TRY(check_path(filter.path, table.columns[condition.column]));
  if (!filter.path.is_empty()) return condition;
  for (const auto& operand : filter.operands) ALJ_TRY(check_operand(operand, table.columns[condition.column].type, filter.op));
  return condition;
}

Result<std::vector<Output>> resolve_select(const Query& query, const model::Table& table) {
  std::vector<Output> outputs;
  const auto every_column = [&] {
    for (std::size_t i = 0; i < table.columns.size(); ++i) outputs.push_back({.column = i, .name = table.columns[i].name});
  };
  for (const auto& item : query.select) {
    if (item.column == "*" && item.alias.empty() && !item.cast && item.path.is_empty()) {
      every_column();
      continue;
    }
    const auto column = ALJ_TRY(find_column(table, item.column));
    ALJ_TRY(check_path(item.path, table.columns[column]));
    outputs.push_back({.column = column, .name = name_of(item), .cast = item.cast, .path = item.path});
  }
  if (query.select.empty()) every_column();
  return outputs;
}

/// The order asked for, made total, so that pages neither overlap nor leave gaps.
Result<std::vector<Ordering>> resolve_order(const Query& query, const model::Table& table) {
  std::vector<Ordering> order;
  const auto has = [&order](std::size_t column, const JsonPath& path = {}) {
    return std::ranges::any_of(order, [&](const Ordering& one) { return one.column == column && one.path == path; });
  };
  for (const auto& item : query.order) {
    const auto column = ALJ_TRY(find_column(table, item.column));
    const auto usual = item.direction == Direction::ascending ? Nulls::last : Nulls::first;
    ALJ_TRY(check_path(item.path, table.columns[column]));
    if (!has(column, item.path)) order.push_back({.column = column, .direction = item.direction, .nulls = item.nulls.value_or(usual), .path = item.path});
  }
  for (const auto column : table.primary_key) {
    if (!has(column)) order.push_back({.column = column});
  }
  // SQLite lets a primary key be null, and null any number of times.
  const bool is_total = !table.primary_key.empty() && std::ranges::none_of(table.primary_key, [&](std::size_t column) { return table.columns[column].nullable; });
  if (!is_total && table.relation == model::Relation::table) order.push_back({.column = rowid_column});
  return order;
}

}  // namespace

Result<Plan> make_plan(const Query& query, std::string_view table, std::shared_ptr<const model::Catalogue> catalogue, const Limits& limits) {
  Plan plan{.catalogue = std::move(catalogue)};
  plan.table = plan.catalogue->find(table);
  if (plan.table == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& one : plan.catalogue->tables) names.emplace_back(one.name);
    return fail(Code::table_unknown, "Could not find the table '" + std::string(table.substr(0, 100)) + "'", "", suggestion(table, names));
  }
  plan.outputs = ALJ_TRY(resolve_select(query, *plan.table));
  for (const auto& filter : query.filters) plan.condition.children.push_back(ALJ_TRY(resolve(filter, *plan.table)));
  plan.order = ALJ_TRY(resolve_order(query, *plan.table));
  plan.offset = query.offset.value_or(0);
  plan.limit = std::min<std::uint64_t>(query.limit.value_or(limits.rows_max), limits.rows_max);
  plan.count = query.count;
  if (query.after) {
    plan.after = decode_cursor(*query.after);
    if (!plan.after || plan.after->size() != plan.order.size()) {
      return fail(Code::query_syntax, "The cursor in 'after' is not one that this order gave", "", "Follow Link: rel=\"next\" without changing order.");
    }
  }
  return plan;
}

}  // namespace aljibe::query
