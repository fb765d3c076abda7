// A query string becomes a Query: each parameter is decoded, then read by its own small grammar.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "query/detail/field.h"
#include "query/detail/parse_filter.h"
#include "query/detail/scanner.h"
#include "query/percent.h"
#include "query/query.h"

namespace aljibe::query {
namespace {

using detail::Scanner;

/// `price.sum()`, `count()`: the dialect's aggregates.
bool is_aggregate(std::string_view name) {
  constexpr auto functions = std::to_array<std::string_view>({"avg", "count", "max", "min", "sum"});
  const auto dot = name.rfind('.');
  const auto function = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
  return function == name ? name == "count" : std::ranges::find(functions, function) != functions.end();
}

std::unexpected<Error> refuse_call(const Scanner& scanner, const std::string& name) {
  if (scanner.rest().starts_with("()") && is_aggregate(name)) return fail(Code::aggregates_disabled, "Use of aggregate functions is not allowed");
  return fail(Code::relationship_unknown, "Rows of other tables cannot be embedded here", "In the parameter: " + name.substr(0, 100) + "(…)",
              "Read the other table with a request of its own.");
}

Result<Selection> parse_selection(Scanner& scanner) {
  constexpr std::string_view stops = ":,()";
  Selection selection;
  auto field = ALJ_TRY(detail::parse_field(scanner, stops));
  if (scanner.peek() == ':' && !scanner.rest().starts_with("::")) {
    if (field.column.empty() || !field.path.is_empty()) return scanner.failure("a name before \":\"");
    scanner.take(':');
    selection.alias = std::move(field.column);
    field = ALJ_TRY(detail::parse_field(scanner, stops));
  }
  if (scanner.peek() == '(') return refuse_call(scanner, field.column);
  if (field.column.empty()) return scanner.failure("a column name");
  selection.column = std::move(field.column);
  selection.path = std::move(field.path);
  if (scanner.take("::")) {
    const auto type = scanner.until(",");
    if (type.empty() || type.find_first_of("()\"'; ") != std::string_view::npos) return scanner.failure("a type name");
    selection.cast = model::type_from_declared(type);
  }
  return selection;
}

Result<std::vector<Selection>> parse_select(std::string_view text, const Limits& limits) {
  std::vector<Selection> select;
  Scanner scanner("select parameter", text);
  if (scanner.at_end()) return select;
  do {
    scanner.skip_blanks();
    if (select.size() == limits.select_items_max) return fail(Code::query_syntax, "select names more than " + std::to_string(limits.select_items_max) + " columns");
    select.push_back(ALJ_TRY(parse_selection(scanner)));
    scanner.skip_blanks();
  } while (scanner.take(','));
  if (!scanner.at_end()) return scanner.failure("\",\" or the end");
  return select;
}

Result<Sorting> parse_sorting(Scanner& scanner) {
  Sorting sorting;
  auto field = ALJ_TRY(detail::parse_field(scanner, ".,("));
  if (scanner.peek() == '(') return refuse_call(scanner, field.column);
  if (field.column.empty()) return scanner.failure("a column name");
  sorting.column = std::move(field.column);
  sorting.path = std::move(field.path);
  if (scanner.take(".asc")) {
    sorting.direction = Direction::ascending;
  } else if (scanner.take(".desc")) {
    sorting.direction = Direction::descending;
  }
  if (scanner.take(".nullsfirst")) {
    sorting.nulls = Nulls::first;
  } else if (scanner.take(".nullslast")) {
    sorting.nulls = Nulls::last;
  }
  return sorting;
}

Result<std::vector<Sorting>> parse_order(std::string_view text, const Limits& limits) {
  std::vector<Sorting> order;
  Scanner scanner("order", text);
  if (scanner.at_end()) return order;
  do {
    scanner.skip_blanks();
    if (order.size() == limits.select_items_max) return fail(Code::query_syntax, "order names more than " + std::to_string(limits.select_items_max) + " columns");
    order.push_back(ALJ_TRY(parse_sorting(scanner)));
    scanner.skip_blanks();
  } while (scanner.take(','));
  if (!scanner.at_end()) return scanner.failure("asc, desc, nullsfirst, nullslast, \",\" or the end");
  return order;
}

Result<std::uint64_t> parse_number(std::string_view what, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc() && end == text.data() + text.size() && number <= INT64_MAX) return number;
  const bool negative = text.size() > 1 && text[0] == '-' && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (negative) {
    return fail(Code::range_unsatisfiable, "Requested range not satisfiable", std::string(what == "limit" ? "Limit" : "Offset") + " should be greater than or equal to zero.");
  }
  return Scanner(what, text).failure("a whole number");
}

Result<void> read_parameter(Query& query, std::string_view name, std::string_view value, const Limits& limits) {
  using Node = Condition::Node;
  if (name == "select") {
    query.select = ALJ_TRY(parse_select(value, limits));
  } else if (name == "order") {
    query.order = ALJ_TRY(parse_order(value, limits));
  } else if (name == "limit") {
    query.limit = ALJ_TRY(parse_number(name, value));
  } else if (name == "offset") {
    query.offset = ALJ_TRY(parse_number(name, value));
  } else if (name == "after") {
    query.after = std::string(value);
  } else if (name == "and" || name == "not.and") {
    query.filters.push_back(ALJ_TRY(detail::parse_tree(Node::all_of, name.starts_with("not."), value, limits)));
  } else if (name == "or" || name == "not.or") {
    query.filters.push_back(ALJ_TRY(detail::parse_tree(Node::any_of, name.starts_with("not."), value, limits)));
  } else if (name != "columns" && name != "on_conflict") {  // those two speak of writes
    query.filters.push_back(ALJ_TRY(detail::parse_comparison(name, value, limits)));
  }
  return {};
}

}  // namespace

Result<Query> parse(std::string_view encoded, const Limits& limits) {
  Query query;
  while (!encoded.empty()) {
    const auto end = encoded.find('&');
    const auto parameter = encoded.substr(0, end);
    encoded = end == std::string_view::npos ? std::string_view() : encoded.substr(end + 1);
    if (parameter.empty()) continue;
    const auto equals = parameter.find('=');
    const auto name = decode_form(parameter.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::string() : decode_form(parameter.substr(equals + 1));
    if (!name || !value) return fail(Code::query_syntax, "The query string is not valid", "A percent escape is broken, or the text is not UTF-8 or holds a NUL.");
    if (name->empty()) return fail(Code::query_syntax, "The query string is not valid", "A parameter has no name.");
    if (query.filters.size() >= limits.filter_terms_max) return fail(Code::query_syntax, "The query has more than " + std::to_string(limits.filter_terms_max) + " filters");
    ALJ_TRY(read_parameter(query, *name, *value, limits));
  }
  return query;
}

}  // namespace aljibe::query
