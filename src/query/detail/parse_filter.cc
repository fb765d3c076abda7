// The filters of the dialect, by recursive descent over decoded text:
//
//   comparison  = [ "not." ] op [ "(" ( "any" / "all" / language ) ")" ] "." operand
//   column      = name *( "->" key ) [ "->>" key ]
//   tree        = "(" item *( "," item ) ")"
//   item        = [ "not." ] ( "and" / "or" ) tree  /  column "." comparison
//   operand     = all of the rest outside a tree; inside one a quoted text, or anything up to "," or ")"
//   list        = "(" value *( "," value ) ")"       of in; "{" … "}" of any and all
#include "query/detail/parse_filter.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "query/detail/field.h"
#include "query/detail/scanner.h"
#include "query/operators.h"

namespace aljibe::query::detail {
namespace {

enum class Place : std::uint8_t { alone, in_tree };

class FilterParser {
 public:
  FilterParser(std::string_view what, std::string_view text, const Limits& limits) : scanner_(what, text), limits_(limits) {}

  Result<Filter> comparison(Field field, Place place);
  Result<Filter> tree(Condition::Node node, bool negated, std::size_t depth);
  [[nodiscard]] Scanner& scanner() { return scanner_; }

 private:
  Result<Filter> item(std::size_t depth);
  Result<void> quantifier(Filter& filter);
  Result<std::vector<std::string>> list(char close);
  Result<std::string> scalar(Place place, Operator op);
  static Result<void> check_is(const Filter& filter);

  Scanner scanner_;
  const Limits& limits_;
  std::size_t terms_ = 0;
};

Result<Filter> FilterParser::comparison(Field field, Place place) {
  if (++terms_ > limits_.filter_terms_max) return fail(Code::query_syntax, "The filter has more than " + std::to_string(limits_.filter_terms_max) + " terms");
  Filter filter{.node = Condition::Node::comparison, .column = std::move(field.column), .path = std::move(field.path)};
  while (scanner_.take("not.")) filter.negated = !filter.negated;
  const Scanner before = scanner_;
  const auto op = operator_of(scanner_.until(".(,)"));
  if (!op) return before.failure("\"not\" or operator (eq, gt, ...)");
  filter.op = *op;
  ALJ_TRY(quantifier(filter));
  if (!scanner_.take('.')) return scanner_.failure("\".\" and a value");
  if (filter.op == Operator::in) {
    if (!scanner_.take('(')) return scanner_.failure("\"(\"");
    filter.operands = ALJ_TRY(list(')'));
  } else if (filter.quantifier != Quantifier::one) {
    if (!scanner_.take('{')) return scanner_.failure("\"{\"");
    filter.operands = ALJ_TRY(list('}'));
  } else {
    filter.operands.push_back(ALJ_TRY(scalar(place, filter.op)));
  }
  if (filter.op == Operator::like || filter.op == Operator::ilike) {
    for (auto& operand : filter.operands) std::ranges::replace(operand, '*', '%');
  }
  if (filter.op == Operator::is) {
    filter.operands[0] = to_lower(filter.operands[0]);
    ALJ_TRY(check_is(filter));
  }
  return filter;
}

Result<void> FilterParser::quantifier(Filter& filter) {
  if (!scanner_.take('(')) return {};
  const Scanner before = scanner_;
  const auto word = scanner_.until(")");
  if (!scanner_.take(')')) return scanner_.failure("\")\"");
  if (filter.op >= Operator::fts && filter.op <= Operator::wfts) return {};  // the language of a text search
  if (word == "any") filter.quantifier = Quantifier::any;
  if (word == "all") filter.quantifier = Quantifier::all;
  if (filter.quantifier == Quantifier::one || !takes_quantifier(filter.op)) return before.failure("\"any\" or \"all\" after an operator that takes them");
  return {};
}

Result<std::vector<std::string>> FilterParser::list(char close) {
  std::vector<std::string> values;
  const Scanner before = scanner_;
  scanner_.skip_blanks();
  if (scanner_.take(close)) return values;
  scanner_ = before;
  const std::string stops{',', close};
  for (;;) {
    if (values.size() == limits_.in_list_max) return fail(Code::query_syntax, "A list has more than " + std::to_string(limits_.in_list_max) + " values");
    auto value = scanner_.quoted();
    values.push_back(value ? std::move(*value) : std::string(scanner_.until(stops)));
    if (scanner_.take(close)) return values;
    if (!scanner_.take(',')) return scanner_.failure(std::string("\",\" or \"") + close + "\"");
  }
}

Result<std::string> FilterParser::scalar(Place place, Operator op) {
  if (place == Place::alone) return std::string(scanner_.until(""));
  if (auto value = scanner_.quoted()) return std::move(*value);
  // Array and JSON literals bring their own brackets and commas.
  if (op >= Operator::cs && scanner_.peek() == '{') {
    std::string value(scanner_.until("}"));
    if (scanner_.take('}')) value += '}';
    return value;
  }
  return std::string(scanner_.until(",)"));
}

Result<void> FilterParser::check_is(const Filter& filter) {
  constexpr auto words = std::to_array<std::string_view>({"null", "not_null", "true", "false", "unknown"});
  if (std::ranges::find(words, filter.operands[0]) != words.end()) return {};
  return Scanner("filter", "is." + filter.operands[0]).failure("null, not_null, true, false or unknown after \"is.\"");
}

Result<Filter> FilterParser::tree(Condition::Node node, bool negated, std::size_t depth) {
  if (depth > limits_.filter_depth_max) return fail(Code::query_syntax, "The filter is nested deeper than " + std::to_string(limits_.filter_depth_max) + " levels");
  Filter filter{.node = node, .negated = negated};
  if (!scanner_.take('(')) return scanner_.failure("\"(\"");
  do {
    scanner_.skip_blanks();
    filter.children.push_back(ALJ_TRY(item(depth)));
    scanner_.skip_blanks();
  } while (scanner_.take(','));
  if (!scanner_.take(')')) return scanner_.failure("\",\" or \")\"");
  return filter;
}

Result<Filter> FilterParser::item(std::size_t depth) {
  const Scanner before = scanner_;
  bool negated = false;
  while (scanner_.take("not.")) negated = !negated;
  const auto node = scanner_.take("and") ? Condition::Node::all_of : scanner_.take("or") ? Condition::Node::any_of : Condition::Node::comparison;
  scanner_.skip_blanks();
  if (node != Condition::Node::comparison && scanner_.peek() == '(') return tree(node, negated, depth + 1);
  scanner_ = before;
  auto field = ALJ_TRY(parse_field(scanner_, ".,()"));
  if (field.column.empty() || !scanner_.take('.')) return scanner_.failure("a column and an operator, as in price.lt.10");
  return comparison(std::move(field), Place::in_tree);
}

}  // namespace

Result<Filter> parse_comparison(Field field, std::string_view value, const Limits& limits) {
  FilterParser parser("filter", value, limits);
  auto filter = ALJ_TRY(parser.comparison(std::move(field), Place::alone));
  if (!parser.scanner().at_end()) return parser.scanner().failure("the end of the filter");
  return filter;
}

Result<Filter> parse_tree(Condition::Node node, bool negated, std::string_view value, const Limits& limits) {
  FilterParser parser("logic tree", value, limits);
  auto filter = ALJ_TRY(parser.tree(node, negated, 1));
  if (!parser.scanner().at_end()) return parser.scanner().failure("the end of the tree");
  return filter;
}

}  // namespace aljibe::query::detail
