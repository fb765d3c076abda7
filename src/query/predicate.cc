// What can be decided without the database is what depends on nothing but stored values: comparisons of numbers, and of texts
// whose collation is that of their bytes; LIKE, of which the database uses the same function, on texts. Everything else is
// unknown: regular expressions, times (compared as instants by a function of
// the engine), JSON, columns without a declared type, collations, conditions on related rows.
//
// Three-valued logic with a fourth value: `unknown` stands for any of the others. So a conjunction with a `no` is no
// whatever else it has, and one of null and unknown is unknown, as its negation may hold.
#include "query/predicate.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/seeded.h"
#include "base/text.h"
#include "query/like.h"
#include "query/operand.h"
#include "query/operators.h"

namespace aljibe::query {
namespace {

using model::Comparing;
using model::Kind;
using model::Stored;
using Node = Condition::Node;

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  auto digits = trim(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  Number number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

/// The operand as the engine binds it; nothing when it would be converted in a way that is not known here.
std::optional<Stored> operand_of(std::string_view text, const model::Column& column) {
  if (column.comparing == Comparing::numbers) {
    switch (column.type.kind) {
      case Kind::integer:
        if (const auto number = number_of<std::int64_t>(text)) return Stored::of_integer(*number);
        return std::nullopt;
      case Kind::boolean:
        if (const auto truth = truth_of(trim(text))) return Stored::of_integer(*truth ? 1 : 0);
        return std::nullopt;
      default:
        if (const auto number = number_of<double>(text); number && std::isfinite(*number)) return Stored::of_real(*number);
        return std::nullopt;
    }
  }
  // In a column of numeric affinity a text that looks like a number would become one.
  if (column.type.kind != Kind::text && number_of<double>(text)) return std::nullopt;
  return Stored::of_text(std::string(text));
}

bool is_like(Operator op) { return op == Operator::like || op == Operator::ilike; }

bool is_comparison(Operator op) { return op <= Operator::lte || op == Operator::in || op == Operator::isdistinct; }

Truth of(bool truth) { return truth ? Truth::yes : Truth::no; }

Truth compare_one(Operator op, const Stored& value, const Stored& operand) {
  if (op == Operator::isdistinct) return of(value.is_null() || model::compare(value, operand) != 0);
  if (value.is_null()) return seeded(Bug::null_taken_for_no) ? Truth::no : Truth::null;
  if (is_like(op)) {
    if (value.tag != Stored::Tag::text) return Truth::unknown;
    return of(is_like(value.bytes, operand.bytes, op == Operator::like ? Case::counts : Case::ignored));
  }
  const auto order = model::compare(value, operand);
  switch (op) {
    case Operator::neq: return of(order != 0);
    case Operator::gt: return of(order > 0);
    case Operator::gte: return of(order >= 0);
    case Operator::lt: return of(order < 0);
    case Operator::lte: return of(order <= 0);
    default: return of(order == 0);
  }
}

/// `decisive` decides alone: yes for OR, no for AND.
Truth joined(Truth left, Truth right, Truth decisive) {
  if (left == decisive || right == decisive) return decisive;
  if (left == Truth::unknown || right == Truth::unknown) return Truth::unknown;
  if (left == Truth::null || right == Truth::null) return Truth::null;
  return negate(decisive);
}

/// IS: never null. What a text is worth as a truth value is the database's business.
Truth is(const Stored& value, std::string_view word) {
  if (word == "null" || word == "unknown") return of(value.is_null() && !seeded(Bug::null_test_never_true));
  if (word == "not_null") return of(!value.is_null());
  if (value.is_null()) return Truth::no;
  if (!value.is_number()) return Truth::unknown;
  const bool truth = value.tag == Stored::Tag::integer ? value.integer != 0 : value.real != 0;
  return of(truth == (word == "true"));
}

}  // namespace

Truth negate(Truth truth) { return truth == Truth::yes ? Truth::no : truth == Truth::no ? Truth::yes : truth; }

Predicate::Predicate(const Condition& condition, const model::Table& table) : root_(test_of(condition, table)) {}

Predicate::Test Predicate::test_of(const Condition& condition, const model::Table& table) {
  Test test{.node = condition.node, .negated = condition.negated, .op = condition.op, .quantifier = condition.quantifier, .column = condition.column, .operands = {}, .children = {}};
  for (const auto& child : condition.children) test.children.push_back(test_of(child, table));
  if (condition.node != Node::comparison || !condition.path.is_empty() || condition.column >= table.columns.size()) return test;
  const auto& column = table.columns[condition.column];
  if (condition.op == Operator::is) {
    test.is_decidable = true;
    test.operands.push_back(Stored::of_text(condition.operands[0]));
    return test;
  }
  if (is_like(condition.op) && column.type.kind == Kind::text) {
    for (const auto& text : condition.operands) test.operands.push_back(Stored::of_text(text));
    test.is_decidable = true;
    return test;
  }
  if (!is_comparison(condition.op) || column.comparing == Comparing::unknown || column.comparing == Comparing::stored) return test;
  for (const auto& text : condition.operands) {
    auto operand = operand_of(text, column);
    if (!operand) return test;
    test.operands.push_back(std::move(*operand));
  }
  test.is_decidable = true;
  return test;
}

Truth Predicate::compare_all(const Test& test, const Stored& value) {
  if (test.op == Operator::is) return is(value, test.operands[0].bytes);
  // No values: nothing is among them, whatever it is; and everything equals all of them.
  const bool is_all = test.quantifier == Quantifier::all;
  auto truth = of(is_all);
  for (const auto& operand : test.operands) {
    truth = joined(truth, compare_one(test.op, value, operand), of(!is_all));
    if (seeded(Bug::list_cut)) break;
  }
  return truth;
}

Truth Predicate::evaluate(const Test& test, const model::StoredRow& row) {
  auto truth = Truth::unknown;
  if (test.node == Node::comparison) {
    if (test.is_decidable) truth = compare_all(test, row[test.column]);
  } else if (test.node != Node::embed_exists) {
    const bool is_and = test.node == Node::all_of || seeded(Bug::or_taken_for_and);
    truth = of(is_and);
    for (const auto& child : test.children) truth = joined(truth, evaluate(child, row), of(!is_and));
  }
  return test.negated ? negate(truth) : truth;
}

Truth Predicate::evaluate(const model::StoredRow& row) const { return evaluate(root_, row); }

std::optional<Pivot> Predicate::pivot(const model::Table& table) const {
  std::optional<Pivot> best;
  const auto rank = [&](const Pivot& pivot) {
    const bool is_key = table.primary_key.size() == 1 && table.primary_key[0] == pivot.column;
    return std::pair(is_key ? 0 : 1, pivot.values.size());
  };
  const auto visit = [&](const auto& self, const Test& test) -> void {
    if (test.negated) return;
    if (test.node == Node::all_of) {
      for (const auto& child : test.children) self(self, child);
      return;
    }
    const bool is_equality = test.node == Node::comparison && test.is_decidable && test.quantifier != Quantifier::all && (test.op == Operator::eq || test.op == Operator::in);
    if (!is_equality) return;
    Pivot pivot{.column = test.column, .values = test.operands};
    if (!best || rank(pivot) < rank(*best)) best = std::move(pivot);
  };
  visit(visit, root_);
  const auto* alone = &root_;
  while (alone->node == Node::all_of && !alone->negated && alone->children.size() == 1) alone = &alone->children[0];
  if (best) best->is_whole = alone->node == Node::comparison;
  return best;
}

std::string Predicate::describe(const Test& test, const model::Table& table) {
  std::string text;
  if (test.node == Node::comparison && !test.is_decidable) {
    text = "unknown(" + (test.column < table.columns.size() ? table.columns[test.column].name : std::string("rowid")) + ")";
  } else if (test.node == Node::comparison) {
    for (const auto& operand : test.operands) text += (text.empty() ? "" : ",") + model::describe(operand);
    const std::string quantifier = test.quantifier == Quantifier::any ? "(any)" : test.quantifier == Quantifier::all ? "(all)" : "";
    text = table.columns[test.column].name + " " + std::string(word_of(test.op)) + quantifier + " " + (test.operands.size() == 1 ? text : "(" + text + ")");
  } else if (test.node == Node::embed_exists) {
    text = "unknown(related rows)";
  } else {
    for (const auto& child : test.children) text += (text.empty() ? "" : test.node == Node::all_of ? " and " : " or ") + describe(child, table);
    if (test.children.size() > 1 && (test.negated || test.node == Node::any_of)) text = "(" + text + ")";
    if (test.children.empty() && (test.negated || test.node == Node::any_of)) text = "nothing";
  }
  return test.negated ? "not " + text : text;
}

std::string Predicate::describe(const model::Table& table) const { return describe(root_, table); }

/// node, negated and decidable, quantifier · operator · column + 1, so that the rowid is 0 · operands · children
void Predicate::pack(const Test& test, Packer& packer) {
  packer.byte(static_cast<std::uint8_t>(static_cast<unsigned>(test.node) | (test.negated ? 4U : 0U) | (test.is_decidable ? 8U : 0U) | static_cast<unsigned>(test.quantifier) << 4U));
  packer.byte(static_cast<std::uint8_t>(test.op));
  packer.number(test.column + 1);
  packer.values(test.operands);
  packer.number(test.children.size());
  for (const auto& child : test.children) pack(child, packer);
}

Predicate::Test Predicate::unpacked_test(Unpacker& unpacker) {
  const unsigned bits = unpacker.byte();
  Test test{.node = static_cast<Node>(bits & 3U), .negated = (bits & 4U) != 0, .is_decidable = (bits & 8U) != 0, .op = static_cast<Operator>(unpacker.byte()), .quantifier = static_cast<Quantifier>(bits >> 4U)};
  test.column = unpacker.number() - 1;
  test.operands = unpacker.values();
  test.children.resize(unpacker.number());
  for (auto& child : test.children) child = unpacked_test(unpacker);
  return test;
}

Predicate Predicate::unpacked(Unpacker& unpacker) {
  Predicate predicate;
  predicate.root_ = unpacked_test(unpacker);
  return predicate;
}

}  // namespace aljibe::query
