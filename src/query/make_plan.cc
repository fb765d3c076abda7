// Names become columns, relations become relationships. The select is resolved before the filters and the order, which may
// speak of what it embeds.
#include <algorithm>
#include <ranges>
#include <utility>

#include "model/refusal.h"
#include "query/detail/names.h"
#include "query/operand.h"
#include "query/operators.h"
#include "query/policy.h"
#include "query/query.h"
#include "query/relationships.h"

namespace aljibe::query {
namespace {

using detail::find_column;
using detail::suggestion;
using model::Kind;

/// Paths lead into columns that may hold JSON.
Result<void> check_path(const JsonPath& path, const model::Column& column) {
  if (path.is_empty() || !column.is_typed || column.type.kind == Kind::json || column.type.kind == Kind::text) return {};
  return fail(Code::operator_unsupported, "Column '" + column.name + "' holds no JSON: it is of type " + to_text(column.type), "", "-> and ->> look inside json columns.");
}

/// The key of a value in the response: an aggregate's name, or the last name on the way to the value.
std::string name_of(const Selection& item) {
  if (!item.alias.empty()) return item.alias;
  if (item.aggregate != Aggregate::none) return std::string(word_of(item.aggregate));
  for (const auto& step : std::views::reverse(item.path.steps)) {
    if (!step.is_index) return step.key;
  }
  return item.column;
}

Result<void> check_aggregate(const Selection& item, const model::Column& column) {
  if (item.aggregate != Aggregate::sum && item.aggregate != Aggregate::avg) return {};
  const auto kind = item.cast ? item.cast->kind : item.path.is_empty() ? column.type.kind : Kind::json;
  if (kind == Kind::integer || kind == Kind::decimal || kind == Kind::real || (!item.cast && item.path.is_empty() && !column.is_typed)) return {};
  return fail(Code::operator_unsupported, std::string(word_of(item.aggregate)) + "() needs numbers, and '" + column.name + "' is of type " + model::to_text({.kind = kind}), "", "Cast it: " + column.name + "::numeric." + std::string(word_of(item.aggregate)) + "()");
}

bool is_same_output(const Ordering& ordering, const Output& output) {
  return !output.embed && output.aggregate == Aggregate::none && !output.cast && output.column == ordering.column && output.path == ordering.path;
}

/// `count` without brackets, which clients of old wrote, counts rows where no column has that name.
Selection as_count(Selection item, const model::Table& table) {
  const bool is_bare = item.column == "count" && item.aggregate == Aggregate::none && !item.cast && item.path.is_empty();
  if (!is_bare || table.find(item.column)) return item;
  item.column.clear();
  item.aggregate = Aggregate::count;
  return item;
}

class Planner {
 public:
  Planner(const model::Catalogue& catalogue, const PlanRules& rules) : catalogue_(catalogue), rules_(rules) {}

  Result<Read> read(const Query& query, const model::Table& table);
  Result<Condition> comparison(const Filter& filter, const model::Table& table, const Policy* policy);
  /// Null: the whole table may be seen.
  [[nodiscard]] const Policy* policy_of(const model::Table& table) const;

 private:
  Result<void> select(const Query& query, Read& read);
  Result<Output> column(const Selection& item, const model::Table& table);
  Result<void> embed(const Selection& item, Read& read);
  Result<Condition> condition(const Filter& filter, const Query& query, const Read& read);
  Result<void> order(const Query& query, Read& read);
  void complete(Read& read);
  static Result<void> order_groups(Read& read);
  Result<void> apply_policy(Read& read);
  Result<Relationship> relationship(const Selection& item, const model::Table& table);
  [[nodiscard]] bool shows(const model::Table& table, const std::vector<std::size_t>& columns) const;

  const model::Catalogue& catalogue_;
  const PlanRules& rules_;
};

/// Which of the read's embeds the query calls by this name.
std::optional<std::size_t> find_embed(const Query& query, std::string_view name) {
  std::size_t index = 0;
  for (const auto& item : query.select) {
    if (!item.is_embed()) continue;
    if (item.name() == name) return index;
    ++index;
  }
  return std::nullopt;
}

Result<Output> Planner::column(const Selection& item, const model::Table& table) {
  if (item.aggregate != Aggregate::none && rules_.aggregates == Aggregates::refused) return fail(Code::aggregates_disabled, "Use of aggregate functions is not allowed");
  if (item.column.empty()) return Output{.column = every_row, .name = name_of(item), .aggregate = item.aggregate, .aggregate_cast = item.aggregate_cast};
  const auto column = ALJ_TRY(find_column(table, item.column, policy_of(table)));
  ALJ_TRY(check_path(item.path, table.columns[column]));
  ALJ_TRY(check_aggregate(item, table.columns[column]));
  return Output{.column = column, .name = name_of(item), .cast = item.cast, .path = item.path, .aggregate = item.aggregate, .aggregate_cast = item.aggregate_cast};
}

const Policy* Planner::policy_of(const model::Table& table) const {
  static const Policy nothing{.columns = std::vector<std::string>(), .filters = {}, .rows_max = {}};
  if (rules_.policies == nullptr) return nullptr;
  const auto found = rules_.policies->find(table.name);
  return found == rules_.policies->end() ? &nothing : &found->second;
}

bool Planner::shows(const model::Table& table, const std::vector<std::size_t>& columns) const {
  const auto* const policy = policy_of(table);
  return policy == nullptr || std::ranges::all_of(columns, [&](std::size_t column) { return policy->shows(table.columns[column].name); });
}

Result<void> Planner::apply_policy(Read& read) {
  const auto* const policy = policy_of(*read.table);
  if (policy == nullptr) return {};
  for (auto& condition : ALJ_TRY(make_conditions(policy->filters, *read.table, rules_.limits))) read.condition.children.push_back(std::move(condition));
  if (policy->rows_max) read.limit = std::min(*read.limit, *policy->rows_max);
  return {};
}

/// Rows that belong together tell of the columns that tie them, and the rows of a junction are there or not as its own policy says.
Result<Relationship> Planner::relationship(const Selection& item, const model::Table& table) {
  auto found = ALJ_TRY(find_relationship(catalogue_, table, item.column, item.hint));
  if (rules_.policies == nullptr) return found;
  const auto* const junction = found.junction;
  const bool hides_rows = junction != nullptr && !policy_of(*junction)->filters.empty();
  const bool is_seen = rules_.policies->contains(found.target->name) && (junction == nullptr || rules_.policies->contains(junction->name));
  const bool shows_columns = shows(table, found.own) && shows(*found.target, found.theirs) && (junction == nullptr || (shows(*junction, found.near) && shows(*junction, found.far)));
  if (is_seen && shows_columns && !hides_rows) return found;
  return fail(Code::relationship_unknown, "Could not find a relationship between '" + table.name + "' and '" + item.column.substr(0, 100) + "' in the schema cache", "",
              hides_rows && shows_columns ? "Embed " + junction->name + ", and the other table inside of it." : "");
}

Result<void> Planner::embed(const Selection& item, Read& read) {
  const auto index = read.embeds.size();
  auto relationship = ALJ_TRY(this->relationship(item, *read.table));
  Embed embed{.name = item.name(), .join = item.join.value_or(Join::left), .spread = item.spread};
  embed.read = ALJ_TRY(this->read(item.embedded.front(), *relationship.target));
  if (relationship.cardinality == Relationship::Cardinality::to_one) {
    // One row needs no order. What is skipped or not wanted of it is not there.
    if (embed.read.offset > 0 || embed.read.limit == 0U) embed.read.condition.children.push_back({.node = Condition::Node::any_of});
    if (item.spread == Spread::yes) embed.read.is_grouped = false;  // the parent is
    if (!embed.read.is_grouped) embed.read.order.clear();
  }
  embed.relationship = std::move(relationship);
  if (item.spread == Spread::yes) {
    for (std::size_t i = 0; i < embed.read.outputs.size(); ++i) read.outputs.push_back({.name = embed.read.outputs[i].name, .embed = index, .inner = i});
  } else if (!embed.read.outputs.empty()) {
    read.outputs.push_back({.name = embed.name, .embed = index});
  }
  if (embed.join == Join::inner) read.condition.children.push_back({.node = Condition::Node::embed_exists, .column = index});
  read.embeds.push_back(std::move(embed));
  return {};
}

Result<void> Planner::select(const Query& query, Read& read) {
  // First of all: what is wrong with a relationship explains most of what else would be said.
  for (const auto& item : query.select) {
    if (item.is_embed()) ALJ_TRY(relationship(item, *read.table));
  }
  for (const auto& item : query.select) {
    if (item.is_embed()) {
      ALJ_TRY(embed(item, read));
    } else if (item.is_every_column()) {
      for (std::size_t i = 0; i < read.table->columns.size(); ++i) {
        if (shows(*read.table, {i})) read.outputs.push_back({.column = i, .name = read.table->columns[i].name});
      }
    } else {
      read.outputs.push_back(ALJ_TRY(column(as_count(item, *read.table), *read.table)));
    }
  }
  read.is_grouped = std::ranges::any_of(read.outputs, [&](const Output& output) { return leaf_of(read, output).output->aggregate != Aggregate::none; });
  return {};
}

/// Text searches need an index that has the column.
Result<void> check_text_search(const Filter& filter, const model::Table& table, std::size_t column) {
  const auto has = [column](const model::TextIndex& index) { return std::ranges::find(index.columns, column) != index.columns.end(); };
  if (filter.op < Operator::fts || filter.op > Operator::wfts || std::ranges::any_of(table.text_indexes, has)) return {};
  const auto& name = table.columns[column].name;
  if (!table.text_indexes.empty()) {
    return fail(Code::operator_unsupported, "Column '" + name + "' is not in the text index of " + table.name, "The index is " + table.text_indexes[0].name + ".", "Make the index anew with this column in it.");
  }
  return fail(Code::operator_unsupported, "The operator '" + std::string(word_of(filter.op)) + "' needs a text index, and " + table.name + " has none", "",
              "CREATE VIRTUAL TABLE " + table.name + "_text USING fts5(" + name + ", content='" + table.name + "'), and fill it.");
}

/// `is` asks of truths; of everything only whether it is there.
Result<void> check_is(const Filter& filter, const model::Column& column) {
  if (filter.op != Operator::is || !column.is_typed) return {};
  const auto& word = filter.operands[0];
  if (word == "null" || word == "not_null") return {};
  const bool is_truth = column.type.kind == Kind::boolean && filter.path.is_empty();
  if (is_truth) return {};
  const std::string_view shown = word == "true" ? "TRUE" : word == "false" ? "FALSE" : "UNKNOWN";
  const auto type = filter.path.is_empty() ? model::sql_name(column.type) : filter.path.last == JsonPath::Arrow::json ? "jsonb" : "text";
  return fail(Code::type_mismatch, "argument of IS " + std::string(shown) + " must be type boolean, not type " + std::string(type), "", "Compare it with eq.");
}

Result<Condition> Planner::comparison(const Filter& filter, const model::Table& table, const Policy* policy) {
  Condition condition{.node = filter.node, .negated = filter.negated, .column = ALJ_TRY(find_column(table, filter.column, policy)), .op = filter.op, .quantifier = filter.quantifier, .operands = filter.operands, .path = filter.path};
  ALJ_TRY(check_path(filter.path, table.columns[condition.column]));
  ALJ_TRY(check_text_search(filter, table, condition.column));
  ALJ_TRY(check_is(filter, table.columns[condition.column]));
  if (!filter.path.is_empty()) return condition;
  for (const auto& operand : filter.operands) ALJ_TRY(check_operand(operand, table.columns[condition.column].type, filter.op));
  return condition;
}

Result<Condition> Planner::condition(const Filter& filter, const Query& query, const Read& read) {
  if (filter.node == Condition::Node::comparison) {
    const auto embed = filter.path.is_empty() ? find_embed(query, filter.column) : std::nullopt;
    const bool is_null = filter.op == Operator::is && (filter.operands[0] == "null" || filter.operands[0] == "not_null");
    if (embed && is_null) return Condition{.node = Condition::Node::embed_exists, .negated = filter.negated != (filter.operands[0] == "null"), .column = *embed};
    if (embed && !read.table->find(filter.column)) {
      return fail(Code::embed_filter, "Bad operator on the '" + filter.column.substr(0, 100) + "' embedded resource", "Only is null or not is null filters are allowed on embedded resources",
                  "Filter a column of it: " + filter.column.substr(0, 100) + ".column=…");
    }
    return comparison(filter, *read.table, policy_of(*read.table));
  }
  Condition condition{.node = filter.node, .negated = filter.negated};
  for (const auto& child : filter.children) condition.children.push_back(ALJ_TRY(this->condition(child, query, read)));
  return condition;
}

/// Makes the order total, so that pages neither overlap nor leave gaps.
void Planner::complete(Read& read) {
  const auto& table = *read.table;
  const auto has = [&](std::size_t column) {
    return std::ranges::any_of(read.order, [&](const Ordering& one) { return one.column == column && !one.embed && one.path.is_empty(); });
  };
  for (const auto column : table.primary_key) {
    if (!has(column)) read.order.push_back({.column = column});
  }
  // SQLite lets a primary key be null, and null any number of times.
  const bool is_total = !table.primary_key.empty() && std::ranges::none_of(table.primary_key, [&](std::size_t column) { return table.columns[column].nullable; });
  if (!is_total && table.relation == model::Relation::table) read.order.push_back({.column = rowid_column});
  // What orders beside what was asked for is the table's own: its primary key.
  read.hides_order = !shows(table, table.primary_key);
}

/// Groups are ordered by what they are made of, first as asked for.
Result<void> Planner::order_groups(Read& read) {
  std::vector<bool> used(read.outputs.size());
  const auto matches = [&](const Ordering& ordering, const Output& output) {
    if (!ordering.embed) return is_same_output(ordering, output);
    const auto leaf = leaf_of(read, output);
    return leaf.way == std::vector{*ordering.embed} && is_same_output(ordering, *leaf.output);
  };
  for (auto& ordering : read.order) {
    const auto found = std::ranges::find_if(read.outputs, [&](const Output& output) { return matches(ordering, output); });
    if (found == read.outputs.end()) {
      const auto& table = ordering.embed ? *read.embeds[*ordering.embed].read.table : *read.table;
      return fail(Code::order_ungrouped, "Column '" + table.columns[ordering.column].name + "' must be selected, as it is, to order groups by it");
    }
    ordering.output = static_cast<std::size_t>(found - read.outputs.begin());
    used[*ordering.output] = true;
  }
  for (std::size_t i = 0; i < read.outputs.size(); ++i) {
    if (!used[i] && leaf_of(read, read.outputs[i]).output->aggregate == Aggregate::none) read.order.push_back({.output = i});
  }
  return {};
}

/// The column that related rows show under another name.
const Output* find_alias(const Read& read, std::string_view name) {
  const auto found = std::ranges::find_if(read.outputs, [name](const Output& output) { return output.name == name && !output.embed && !output.cast && output.aggregate == Aggregate::none; });
  return found == read.outputs.end() ? nullptr : &*found;
}

Result<void> Planner::order(const Query& query, Read& read) {
  for (const auto& item : query.order) {
    Ordering ordering{.direction = item.direction, .nulls = item.nulls.value_or(item.direction == Direction::ascending ? Nulls::last : Nulls::first), .path = item.path};
    const auto* table = read.table;
    if (!item.embed.empty()) {
      ordering.embed = find_embed(query, item.embed);
      if (!ordering.embed) return fail(Code::embed_unknown, "'" + item.embed.substr(0, 100) + "' is not an embedded resource in this request", "", "Embed it in select to order by its columns.");
      const auto& embed = read.embeds[*ordering.embed];
      if (!embed.is_joined()) return fail(Code::order_unrelated, "A related order on '" + embed.name + "' is not possible", "'" + read.table->name + "' and '" + embed.name + "' do not form a many-to-one or one-to-one relationship");
      table = embed.read.table;
    }
    if (const auto* const shown = ordering.embed && !table->find(item.column) ? find_alias(read.embeds[*ordering.embed].read, item.column) : nullptr) {
      ordering.column = shown->column;
      ordering.path = shown->path;
    } else {
      ordering.column = ALJ_TRY(find_column(*table, item.column, policy_of(*table)));
    }
    ALJ_TRY(check_path(ordering.path, table->columns[ordering.column]));
    const auto is_same = [&](const Ordering& one) { return one.column == ordering.column && one.path == ordering.path && one.embed == ordering.embed; };
    if (std::ranges::none_of(read.order, is_same)) read.order.push_back(std::move(ordering));
  }
  if (read.is_grouped) return order_groups(read);
  complete(read);
  return {};
}

Result<Read> Planner::read(const Query& query, const model::Table& table) {
  Read read{.table = &table};
  ALJ_TRY(select(query, read));
  for (const auto& filter : query.filters) read.condition.children.push_back(ALJ_TRY(condition(filter, query, read)));
  ALJ_TRY(order(query, read));
  read.offset = query.offset.value_or(0);
  read.limit = std::min<std::uint64_t>(query.limit.value_or(rules_.limits.rows_max), rules_.limits.rows_max);
  ALJ_TRY(apply_policy(read));
  return read;
}

/// The tree of a policy; its columns may be hidden.
Result<Condition> condition_of(Planner& planner, const Filter& filter, const model::Table& table) {
  if (filter.node == Condition::Node::comparison) return planner.comparison(filter, table, nullptr);
  Condition condition{.node = filter.node, .negated = filter.negated};
  for (const auto& child : filter.children) condition.children.push_back(ALJ_TRY(condition_of(planner, child, table)));
  return condition;
}

}  // namespace

Result<std::vector<Condition>> make_conditions(const std::vector<Filter>& filters, const model::Table& table, const Limits& limits) {
  static const model::Catalogue none;
  const PlanRules rules(limits);
  Planner planner(none, rules);
  std::vector<Condition> conditions;
  for (const auto& filter : filters) {
    auto condition = condition_of(planner, filter, table);
    if (!condition) return fail(Code::policy_broken, "A policy of table " + table.name + " cannot be applied for this caller");
    conditions.push_back(std::move(*condition));
  }
  return conditions;
}

Result<Plan> make_plan(const Query& query, std::string_view table, std::shared_ptr<const model::Catalogue> catalogue, const PlanRules& rules) {
  Plan plan;
  plan.catalogue = std::move(catalogue);
  const auto* const found = plan.catalogue->find(table);
  const auto is_seen = [&rules](std::string_view name) { return rules.policies == nullptr || rules.policies->contains(name); };
  if (found == nullptr || !is_seen(table)) {
    std::vector<std::string_view> names;
    for (const auto& one : plan.catalogue->tables) {
      if (is_seen(one.name)) names.emplace_back(one.name);
    }
    return fail(Code::table_unknown, "Could not find the table 'public." + std::string(table.substr(0, 100)) + "' in the schema cache", "", suggestion(table, names));
  }
  Planner planner(*plan.catalogue, rules);
  if (query.select.empty()) {
    auto whole = query;
    whole.select.push_back({.column = "*"});
    static_cast<Read&>(plan) = ALJ_TRY(planner.read(whole, *found));
  } else {
    static_cast<Read&>(plan) = ALJ_TRY(planner.read(query, *found));
  }
  plan.count = query.count;
  // An estimate would tell of rows that the policy hides.
  const auto* const policy = rules.policies == nullptr ? nullptr : planner.policy_of(*found);
  if (plan.count != Count::none && policy != nullptr && !policy->filters.empty()) plan.count = Count::exact;
  if (query.after) {
    plan.after = decode_cursor(*query.after);
    if (!plan.after || !has_cursor(plan) || plan.after->size() != plan.order.size()) {
      return fail(Code::query_syntax, "The cursor in 'after' is not one that this order gave", "", "Follow Link: rel=\"next\" without changing order.");
    }
  }
  return plan;
}

}  // namespace aljibe::query
