#include <algorithm>
#include <iterator>

#include "query/change.h"
#include "query/detail/names.h"

namespace aljibe::query {
namespace {

Result<std::vector<std::size_t>> find_columns(const model::Table& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (const auto& name : names) columns.push_back(ALJ_TRY(detail::find_column(table, name)));
  return columns;
}

/// Columns that may be written; one that may neither be written nor read is not there.
Result<std::vector<std::size_t>> find_writable(const Change& change, const std::vector<std::string>& names, const ChangeRules& rules) {
  const auto& table = change.table();
  const auto is_key = [&](const std::string& name) {
    return std::ranges::any_of(change.key, [&](std::size_t column) { return table.columns[column].name == name; });
  };
  const auto may_write = [&](const std::string& name) {
    if (rules.policy == nullptr) return true;
    return includes(rules.policy->columns, name) && (change.resolution != Resolution::merge || is_key(name) || includes(rules.policy->merged, name));
  };
  std::vector<std::size_t> columns;
  for (const auto& name : names) {
    const bool is_writable = may_write(name);
    columns.push_back(ALJ_TRY(detail::find_column(table, name, is_writable ? nullptr : rules.shown)));
    if (!is_writable) return fail(Code::forbidden, "permission denied for column " + name.substr(0, 100) + " of table " + table.name);
  }
  return columns;
}

Condition all_of(std::vector<Condition> conditions) { return {.node = Condition::Node::all_of, .children = std::move(conditions)}; }

/// What the policies ask of rows: of those that are touched, of those that result, of those that come back.
Result<void> apply_policies(Change& change, const ChangeRules& rules) {
  const auto& table = change.table();
  if (rules.shown != nullptr) change.shown = all_of(ALJ_TRY(make_conditions(rules.shown->filters, table, rules.limits)));
  if (rules.policy == nullptr) return {};
  auto touched = ALJ_TRY(make_conditions(rules.policy->touched, table, rules.limits));
  change.result = all_of(ALJ_TRY(make_conditions(rules.policy->result, table, rules.limits)));
  if (change.action == Action::insert || change.action == Action::put) {
    change.touched = all_of(std::move(touched));
  } else {
    std::ranges::move(touched, std::back_inserter(change.plan.condition.children));
  }
  return {};
}

/// The key that on_conflict names, or the primary key.
Result<std::vector<std::size_t>> find_key(const model::Table& table, const std::vector<std::string>& names) {
  if (names.empty()) return table.primary_key;
  auto key = ALJ_TRY(find_columns(table, names));
  const auto is_same = [&](const std::vector<std::size_t>& other) { return std::ranges::is_permutation(key, other); };
  if (is_same(table.primary_key) || std::ranges::any_of(table.unique_keys, is_same)) return key;
  return fail(Code::conflict_key_unknown, "there is no unique or exclusion constraint matching the ON CONFLICT specification");
}

/// PUT names its row by `eq` on each column of the primary key and says nothing else.
Result<void> check_put(const Query& query, const Plan& plan) {
  if (query.limit || query.offset) return fail(Code::put_range, "limit/offset querystring parameters are not allowed for PUT");
  const auto& key = plan.table->primary_key;
  std::vector<std::size_t> filtered;
  for (const auto& term : plan.condition.children) {
    const bool is_equality = term.node == Condition::Node::comparison && term.op == Operator::eq && !term.negated &&
                             term.quantifier == Quantifier::one && term.path.is_empty();
    if (!is_equality) return fail(Code::put_filter, "Filters must include all and only primary key columns with 'eq' operators");
    filtered.push_back(term.column);
  }
  if (!key.empty() && std::ranges::is_permutation(filtered, key)) return {};
  return fail(Code::put_filter, "Filters must include all and only primary key columns with 'eq' operators");
}

}  // namespace

Result<Change> make_change(const Query& query, const WriteParameters& parameters, Action action, Resolution resolution,
                           const std::vector<std::string>& names, Plan plan, const ChangeRules& rules) {
  const auto& table = *plan.table;  // of the catalogue, which the plan keeps
  if (table.relation == model::Relation::view) return fail(Code::method_unsupported, "The view '" + table.name + "' can only be read");
  if (action == Action::put) ALJ_TRY(check_put(query, plan));
  Change change{.action = action, .plan = std::move(plan), .resolution = action == Action::put ? Resolution::merge : resolution};
  if (action == Action::insert || action == Action::put) change.key = ALJ_TRY(find_key(table, parameters.on_conflict));
  if (change.key.empty()) change.resolution = Resolution::none;
  change.columns = ALJ_TRY(find_writable(change, names, rules));
  // The bound on the rows of one response is no bound on what a change touches, and rows come back in the order they have
  // in the table unless another is asked for.
  change.plan.limit = query.limit;
  if (query.order.empty() && table.has_rowid) change.plan.order = {{.column = rowid_column}};
  ALJ_TRY(apply_policies(change, rules));
  return change;
}

}  // namespace aljibe::query
