// The canonical form is itself a query string in the dialect, so that it can stand in Content-Location; parsing it gives
// the same query again. Filters that AND or OR joins are sorted and stand once; names and values in lists and trees are
// always quoted, then percent-encoded: nothing in a value can be taken for punctuation.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "query/detail/field.h"
#include "query/operators.h"
#include "query/percent.h"
#include "query/query.h"

namespace aljibe::query {
namespace {

/// A name that needs no quotes in any place.
std::string name(std::string_view text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
  });
  return plain ? std::string(text) : quoted(text);
}

/// A column or a place inside it; `shown` is the column as it must stand here.
std::string field(std::string shown, const JsonPath& path) {
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const auto& [key, is_index] = path.steps[i];
    shown += i + 1 == path.steps.size() && path.last == JsonPath::Arrow::text ? "->>" : "->";
    shown += is_index ? key : detail::is_index(key) ? quoted(key) : name(key);
  }
  return shown;
}

std::string list(const std::vector<std::string>& values, char open, char close) {
  std::string text(1, open);
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += quoted(value);
  }
  return text + close;
}

std::string comparison(const Filter& filter, bool in_tree) {
  std::string text = filter.negated ? "not." : "";
  text += word_of(filter.op);
  if (filter.op == Operator::in) {
    auto values = filter.operands;
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return text + '.' + list(values, '(', ')');
  }
  if (filter.quantifier != Quantifier::one) {
    return text + (filter.quantifier == Quantifier::any ? "(any)." : "(all).") + list(filter.operands, '{', '}');
  }
  return text + '.' + (in_tree ? quoted(filter.operands[0]) : filter.operands[0]);
}

std::string in_tree(const Filter& filter);

std::string children(const Filter& filter) {
  std::vector<std::string> texts;
  texts.reserve(filter.children.size());
  for (const auto& child : filter.children) texts.push_back(in_tree(child));
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "(" : ",") + text;
  return joined + ")";
}

std::string_view word(const Filter& filter) {
  if (filter.node == Condition::Node::all_of) return filter.negated ? "not.and" : "and";
  return filter.negated ? "not.or" : "or";
}

std::string in_tree(const Filter& filter) {
  if (filter.node == Condition::Node::comparison) return field(name(filter.column), filter.path) + '.' + comparison(filter, true);
  return std::string(word(filter)) + children(filter);
}

/// Names that mean something else than a column or an embed where they stand in a parameter's name.
bool is_reserved(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>({"select", "order", "limit", "offset", "after", "and", "or", "not", "columns", "on_conflict"});
  return std::ranges::find(words, text) != words.end();
}

std::string in_parameter(std::string_view text) { return is_reserved(text) ? quoted(text) : name(text); }

std::string parameter(const std::string& way, const Filter& filter) {
  if (filter.node != Condition::Node::comparison) return encode_component(way + std::string(word(filter))) + '=' + encode_component(children(filter));
  return encode_component(way + field(in_parameter(filter.column), filter.path)) + '=' + encode_component(comparison(filter, false));
}

std::string cast(const std::optional<model::Type>& type) { return type ? "::" + model::to_text({.kind = type->kind}) : std::string(); }

std::string select(const std::vector<Selection>& selections);

/// `...relation!hint!inner(…)`. Words of the grammar are quoted where they are names.
std::string embed(const Selection& item) {
  const auto& inner = item.embedded.front().select;
  std::string text = item.spread == Spread::yes ? "..." : "";
  text += item.column == "count" && inner.empty() && item.join != Join::inner && item.hint.empty() ? quoted(item.column) : name(item.column);
  if (!item.hint.empty()) text += '!' + (item.hint == "inner" || item.hint == "left" ? quoted(item.hint) : name(item.hint));
  if (item.join == Join::inner) text += "!inner";
  return text + '(' + select(inner) + ')';
}

std::string select(const std::vector<Selection>& selections) {
  std::string text;
  for (const auto& item : selections) {
    if (!text.empty()) text += ',';
    if (!item.alias.empty()) text += name(item.alias) + ':';
    if (item.is_embed()) {
      text += embed(item);
      continue;
    }
    if (!item.column.empty()) text += item.column == "*" && item.path.is_empty() ? "*" : field(name(item.column), item.path);
    text += cast(item.cast);
    if (item.aggregate == Aggregate::none) continue;
    if (!item.column.empty()) text += '.';
    text += std::string(word_of(item.aggregate)) + "()" + cast(item.aggregate_cast);
  }
  return text;
}

std::string order(const std::vector<Sorting>& sortings) {
  std::string text;
  for (const auto& item : sortings) {
    if (!text.empty()) text += ',';
    const auto place = field(name(item.column), item.path);
    text += item.embed.empty() ? place : name(item.embed) + '(' + place + ')';
    text += item.direction == Direction::ascending ? ".asc" : ".desc";
    const Nulls usual = item.direction == Direction::ascending ? Nulls::last : Nulls::first;
    if (item.nulls && *item.nulls != usual) text += *item.nulls == Nulls::first ? ".nullsfirst" : ".nullslast";
  }
  return text;
}

/// The filters of the query and of its embeds, then all else that is set there; `way` is empty or ends in a dot.
void collect(const Query& query, const std::string& way, std::vector<std::string>& filters, std::vector<std::string>& others) {
  for (const auto& filter : query.filters) filters.push_back(parameter(way, filter));
  const auto set = [&](std::string_view what, const std::string& value) { others.push_back(encode_component(way + std::string(what)) + '=' + value); };
  if (query.limit) set("limit", std::to_string(*query.limit));
  if (query.offset.value_or(0) > 0) set("offset", std::to_string(*query.offset));
  if (!query.order.empty()) set("order", encode_component(order(query.order)));
  for (const auto& item : query.select) {
    if (item.is_embed()) collect(item.embedded.front(), way + in_parameter(item.name()) + '.', filters, others);
  }
}

}  // namespace

std::string canonical(const Query& query) {
  std::vector<std::string> parameters;
  std::vector<std::string> others;
  collect(query, "", parameters, others);
  std::ranges::sort(parameters);
  parameters.erase(std::ranges::unique(parameters).begin(), parameters.end());
  if (query.after) parameters.push_back("after=" + encode_component(*query.after));
  parameters.insert(parameters.end(), others.begin(), others.end());
  const bool every_column = query.select.empty() || (query.select.size() == 1 && query.select[0].is_every_column());
  if (!every_column) parameters.push_back("select=" + encode_component(select(query.select)));
  std::string text;
  for (const auto& one : parameters) {
    if (!text.empty()) text += '&';
    text += one;
  }
  return text;
}

}  // namespace aljibe::query
