// Which rows: the condition's tree as SQL, with values bound as the column's type wants them.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "model/refusal.h"
#include "query/operand.h"
#include "store/capabilities.h"
#include "store/sqlite/instant.h"
#include "store/sqlite/json_key.h"
#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

using model::Kind;
using query::Condition;
using query::Operator;

constexpr Capabilities capabilities{
    .engine = "SQLite",
    .operators = {Operator::eq, Operator::neq, Operator::gt, Operator::gte, Operator::lt, Operator::lte, Operator::like, Operator::ilike, Operator::match, Operator::imatch,
                  Operator::in, Operator::is, Operator::isdistinct, Operator::fts, Operator::plfts, Operator::phfts, Operator::wfts},
    .quotes_in_json_keys = Ability::no,
};

bool is_time(const Scope& scope, const Condition& condition) {
  return condition.path.is_empty() && scope.read->table->columns[condition.column].type.kind == Kind::timestamp &&
         (condition.op <= Operator::lte || condition.op == Operator::isdistinct);
}

/// The bytes of \\x and hexadecimal digits, the form in which blobs leave; nothing for other texts.
std::optional<std::string> bytes_of_hex(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, fault] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (fault != std::errc() || end != text.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace

void SqlWriter::value(const model::Column& column, std::string_view text) {
  const auto number = trim(text).starts_with('+') ? trim(text).substr(1) : trim(text);
  switch (column.type.kind) {
    case Kind::integer: {
      std::int64_t integer = 0;
      std::from_chars(number.data(), number.data() + number.size(), integer);
      return parameter(integer);
    }
    case Kind::decimal:
    case Kind::real: return parameter(number_of(number).value_or(0));
    case Kind::boolean: return parameter(std::int64_t{query::truth_of(number).value_or(false) ? 1 : 0});
    case Kind::blob:
      if (auto bytes = bytes_of_hex(text)) return parameter(Blob{std::move(*bytes)});
      return parameter(text);
    default: return parameter(text);
  }
}

Result<void> SqlWriter::json_value(std::string_view text) {
  auto key = json_key(text);
  if (!key) return model::refuse_value({.kind = Kind::json}, text);
  parameter(Blob{std::move(*key)});
  return {};
}

Result<void> SqlWriter::compare(const Scope& scope, const Condition& condition, std::string_view sign, std::string_view operand) {
  if (is_json(scope, condition.column, condition.path)) {
    sortable(scope, condition.column, condition.path);
    put(sign);
    return json_value(operand);
  }
  if (!condition.path.is_empty()) {
    field(scope, condition.column, condition.path);
    put(sign);
    parameter(operand);
    return {};
  }
  const auto& target = scope.read->table->columns[condition.column];
  const auto name = column(scope, condition.column);
  const auto number = target.is_typed ? std::nullopt : number_of(operand);
  if (number) {
    // Without a declared type the stored value decides whether the operand is a number.
    put("CASE WHEN typeof(" + name + ") IN ('integer','real') THEN " + name);
    put(sign);
    parameter(*number);
    put(" ELSE " + name);
    put(sign);
    parameter(operand);
    put(" END");
    return {};
  }
  put(name);
  put(sign);
  value(target, operand);
  return {};
}

void SqlWriter::is(const Scope& scope, const Condition& condition) {
  const auto& word = condition.operands[0];
  field(scope, condition.column, condition.path);
  if (word == "null" || word == "unknown") return put(" IS NULL");
  if (word == "not_null") return put(" IS NOT NULL");
  put(word == "true" ? " IS TRUE" : " IS FALSE");
}

/// The function reads every spelling; the bounds before it let an index on the texts serve.
Result<void> SqlWriter::compare_time(const Scope& scope, const Condition& condition, std::string_view operand) {
  auto instant = instant_of(trim(operand));
  if (!instant) return model::refuse_value({.kind = Kind::timestamp}, operand);
  const auto name = column(scope, condition.column);
  const auto bound = [&](std::string_view sign, std::string text) {
    put(name + std::string(sign));
    parameter(std::move(text));
    put(" AND ");
  };
  const bool is_equality = condition.op == Operator::eq;
  if (is_equality || condition.op == Operator::gt || condition.op == Operator::gte) bound(">=", instant->from);
  if (is_equality || condition.op == Operator::lt || condition.op == Operator::lte) bound("<", instant->to);
  put("aljibe_instant(" + name + ")");
  switch (condition.op) {
    case Operator::eq: put("="); break;
    case Operator::gt: put(">"); break;
    case Operator::gte: put(">="); break;
    case Operator::lt: put("<"); break;
    case Operator::lte: put("<="); break;
    case Operator::isdistinct: put(" IS NOT "); break;
    default: put("<>");
  }
  parameter(std::move(instant->text));
  return {};
}

Result<void> SqlWriter::time_in(const Scope& scope, const Condition& condition) {
  std::vector<Instant> instants;
  for (const auto& operand : condition.operands) {
    auto instant = instant_of(trim(operand));
    if (!instant) return model::refuse_value({.kind = Kind::timestamp}, operand);
    instants.push_back(std::move(*instant));
  }
  const auto name = column(scope, condition.column);
  if (!instants.empty()) {
    put(name + ">=");
    parameter(std::ranges::min_element(instants, {}, &Instant::from)->from);
    put(" AND " + name + "<");
    parameter(std::ranges::max_element(instants, {}, &Instant::to)->to);
    put(" AND ");
  }
  put("aljibe_instant(" + name + ") IN (");
  for (std::size_t i = 0; i < instants.size(); ++i) {
    put(i == 0 ? "" : ",");
    parameter(std::move(instants[i].text));
  }
  put(")");
  return {};
}

Result<void> SqlWriter::one_operand(const Scope& scope, const Condition& condition, std::string_view operand) {
  if (is_time(scope, condition)) return compare_time(scope, condition, operand);
  const auto infix = [&](std::string_view sign) { return compare(scope, condition, sign, operand); };
  const auto call = [&](std::string_view function) {
    put(function);
    put("(");
    field(scope, condition.column, condition.path);
    put(",");
    parameter(operand);
    put(")");
  };
  switch (condition.op) {
    case Operator::eq: return infix("=");
    case Operator::neq: return infix("<>");
    case Operator::gt: return infix(">");
    case Operator::gte: return infix(">=");
    case Operator::lt: return infix("<");
    case Operator::lte: return infix("<=");
    case Operator::isdistinct: return infix(" IS NOT ");
    case Operator::like: call("aljibe_like"); break;
    case Operator::ilike: call("aljibe_ilike"); break;
    case Operator::match: call("aljibe_match"); break;
    case Operator::imatch: call("aljibe_imatch"); break;
    default: return text_search(scope, condition);
  }
  return {};
}

Result<void> SqlWriter::comparison(const Scope& scope, const Condition& condition) {
  ALJ_TRY(check(capabilities, condition.op));
  if (condition.op == Operator::is) {
    is(scope, condition);
    return {};
  }
  if (condition.op == Operator::in) {
    return in(scope, condition);
  }
  if (condition.operands.empty()) {  // nothing equals any of no values, and everything equals all of them
    put(condition.quantifier == query::Quantifier::all ? "1" : "0");
    return {};
  }
  const auto sign = condition.quantifier == query::Quantifier::all ? " AND " : " OR ";
  return join(0, condition.operands.size(), sign, [&](std::size_t i) { return one_operand(scope, condition, condition.operands[i]); });
}

Result<void> SqlWriter::in(const Scope& scope, const Condition& condition) {
  if (condition.column == query::rowid_column) {
    // One parameter for any number of rows.
    std::string list = "[";
    for (const auto& operand : condition.operands) list += (list.size() > 1 ? "," : "") + operand;
    put(column(scope, condition.column) + " IN (SELECT value FROM json_each(");
    parameter(list + "]");
    put("))");
    return {};
  }
  const auto& target = scope.read->table->columns[condition.column];
  if (condition.path.is_empty() && target.type.kind == Kind::timestamp) return time_in(scope, condition);
  const bool is_keyed = is_json(scope, condition.column, condition.path);
  sortable(scope, condition.column, condition.path);
  put(" IN (");
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    const auto& operand = condition.operands[i];
    if (i > 0) put(",");
    if (is_keyed) {
      ALJ_TRY(json_value(operand));
      continue;
    }
    if (!condition.path.is_empty()) {
      parameter(std::string_view(operand));
      continue;
    }
    if (const auto number = target.is_typed ? std::nullopt : number_of(operand)) {
      parameter(*number);
      put(",");
    }
    value(target, operand);
  }
  put(")");
  return {};
}

Result<void> SqlWriter::group(const Scope& scope, const Condition& condition) {
  if (condition.children.empty()) put(condition.node == Condition::Node::all_of ? "1" : "0");
  const auto sign = condition.node == Condition::Node::all_of ? " AND " : " OR ";
  return join(0, condition.children.size(), sign, [&](std::size_t i) { return this->condition(scope, condition.children[i]); });
}

Result<void> SqlWriter::condition(const Scope& scope, const Condition& condition) {
  ALJ_TRY(check_size());
  put(condition.negated ? "NOT (" : "(");
  negations_ += condition.negated ? 1 : 0;
  if (condition.node == Condition::Node::embed_exists) {
    ALJ_TRY(exists(scope, condition.column));
  } else if (condition.node == Condition::Node::comparison) {
    ALJ_TRY(comparison(scope, condition));
  } else {
    ALJ_TRY(group(scope, condition));
  }
  negations_ -= condition.negated ? 1 : 0;
  put(")");
  return {};
}

}  // namespace aljibe::store::sqlite
