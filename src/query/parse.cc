// A query string becomes a Query. Parameters that speak of related rows may stand before the select that names these, so
// all are split first, and routed to the part of the select they mean when that is known.
#include <algorithm>
#include <charconv>
#include <utility>

#include "query/detail/field.h"
#include "query/detail/parse_filter.h"
#include "query/detail/parse_select.h"
#include "query/detail/scanner.h"
#include "query/percent.h"
#include "query/query.h"

namespace aljibe::query {
namespace {

using detail::Scanner;
using Node = Condition::Node;

/// `films.actors.name=eq.Ann`: the way through the embeds, what is set there, and the value.
struct Parameter {
  std::vector<std::string> way;
  detail::Field field;
  bool negated = false;  // not.and, not.or
  std::string value;
};

Result<Parameter> split(std::string_view name, std::string value) {
  Parameter parameter{.value = std::move(value)};
  Scanner scanner("filter", name);
  bool is_not = false;
  for (;;) {
    const Scanner before = scanner;
    auto field = ALJ_TRY(detail::parse_field(scanner, "."));
    if (!field.path.is_empty() || !scanner.take('.')) {
      scanner = before;
      break;
    }
    if (field.column.empty()) return before.failure("a name before \".\"");
    is_not = !field.is_quoted && field.column == "not";
    parameter.way.push_back(std::move(field.column));
  }
  parameter.field = ALJ_TRY(detail::parse_field(scanner, ""));
  if (parameter.field.column.empty() || !scanner.at_end()) return scanner.failure("a column");
  const auto& word = parameter.field.column;
  if (is_not && !parameter.field.is_quoted && parameter.field.path.is_empty() && (word == "and" || word == "or")) {
    parameter.negated = true;
    parameter.way.pop_back();
  }
  return parameter;
}

Result<std::uint64_t> parse_number(std::string_view what, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc() && end == text.data() + text.size() && number <= INT64_MAX) return number;
  const bool negative = text.size() > 1 && text[0] == '-' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (negative && what == "offset") return 0;
  if (negative) return fail(Code::range_unsatisfiable, "Requested range not satisfiable", "Limit should be greater than or equal to zero.");
  return Scanner(what, text).failure("a whole number");
}

/// The part of the query that the way leads to.
Result<Query*> follow(Query& query, const std::vector<std::string>& way) {
  Query* at = &query;
  for (const auto& name : way) {
    const auto embed = std::ranges::find_if(at->select, [&](const Selection& item) { return item.is_embed() && item.name() == name; });
    if (embed == at->select.end()) {
      return fail(Code::embed_unknown, "'" + name.substr(0, 100) + "' is not an embedded resource in this request", "", "Embed it in select, or quote a column's name that has a dot in it.");
    }
    at = &embed->embedded.front();
  }
  return at;
}

bool is_word(const Parameter& parameter, std::string_view word) {
  return !parameter.field.is_quoted && parameter.field.path.is_empty() && parameter.field.column == word;
}

bool is_select(const Parameter& parameter) { return parameter.way.empty() && is_word(parameter, "select"); }

Result<void> route(Query& whole, Parameter parameter, const Limits& limits) {
  const std::string_view value = parameter.value;
  Query& query = *ALJ_TRY(follow(whole, parameter.way));
  if (is_word(parameter, "order")) {
    query.order = ALJ_TRY(detail::parse_order(value, limits));
  } else if (is_word(parameter, "limit")) {
    query.limit = ALJ_TRY(parse_number("limit", value));
  } else if (is_word(parameter, "offset")) {
    query.offset = ALJ_TRY(parse_number("offset", value));
  } else if (is_word(parameter, "and")) {
    query.filters.push_back(ALJ_TRY(detail::parse_tree(Node::all_of, parameter.negated, value, limits)));
  } else if (is_word(parameter, "or")) {
    query.filters.push_back(ALJ_TRY(detail::parse_tree(Node::any_of, parameter.negated, value, limits)));
  } else if (parameter.way.empty() && is_word(parameter, "after")) {
    query.after = std::string(value);
  } else if (!parameter.way.empty() || (!is_word(parameter, "columns") && !is_word(parameter, "on_conflict"))) {  // those two speak of writes
    query.filters.push_back(ALJ_TRY(detail::parse_comparison(std::move(parameter.field), value, limits)));
  }
  return {};
}

Result<std::vector<Parameter>> split_all(std::string_view encoded, const Limits& limits) {
  std::vector<Parameter> parameters;
  while (!encoded.empty()) {
    const auto end = encoded.find('&');
    const auto parameter = encoded.substr(0, end);
    encoded = end == std::string_view::npos ? std::string_view() : encoded.substr(end + 1);
    if (parameter.empty()) continue;
    const auto equals = parameter.find('=');
    const auto name = decode_form(parameter.substr(0, equals));
    auto value = equals == std::string_view::npos ? std::optional<std::string>("") : decode_form(parameter.substr(equals + 1));
    if (!name || !value) return fail(Code::query_syntax, "The query string is not valid", "Its text is not UTF-8, or holds a NUL.");
    if (name->empty()) return fail(Code::query_syntax, "The query string is not valid", "A parameter has no name.");
    if (parameters.size() >= limits.filter_terms_max) return fail(Code::query_syntax, "The query has more than " + std::to_string(limits.filter_terms_max) + " filters");
    parameters.push_back(ALJ_TRY(split(*name, std::move(*value))));
  }
  return parameters;
}

}  // namespace

bool Query::has_embeds() const { return std::ranges::any_of(select, &Selection::is_embed); }

bool Query::has_aggregates() const {
  return std::ranges::any_of(select, [](const Selection& item) { return item.aggregate != Aggregate::none || (item.is_embed() && item.embedded.front().has_aggregates()); });
}

Result<Query> parse(std::string_view encoded, const Limits& limits) {
  Query query;
  auto parameters = ALJ_TRY(split_all(encoded, limits));
  for (const auto& parameter : parameters) {
    if (is_select(parameter)) query.select = ALJ_TRY(detail::parse_select(parameter.value, limits));
  }
  for (auto& parameter : parameters) {
    if (!is_select(parameter)) ALJ_TRY(route(query, std::move(parameter), limits));
  }
  return query;
}

}  // namespace aljibe::query
