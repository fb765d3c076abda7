// Which rows: the condition's tree as SQL, with values bound as the column's type wants them.
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "query/operand.h"
#include "store/capabilities.h"
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

std::unexpected<Error> bad_time(std::string_view text) {
  return fail(Code::value_invalid, "invalid input syntax for type timestamp: \"" + std::string(text.substr(0, 100)) + "\"");
}

bool is_time(const Scope& scope, const Condition& condition) {
  return condition.path.is_empty() && scope.read->table->columns[condition.column].type.kind == Kind::timestamp && condition.op <= Operator::lte;
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

void SqlWriter::compare(const Scope& scope, const Condition& condition, std::string_view sign, std::string_view operand) {
  if (!condition.path.is_empty()) {
    field(scope, condition.column, condition.path);
    put(sign);
    return parameter(operand);
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
    return put(" END");
  }
  put(name);
  put(sign);
  value(target, operand);
}

void SqlWriter::is(const Scope& scope, const Condition& condition) {
  const auto& word = condition.operands[0];
  field(scope, condition.column, condition.path);
  if (word == "null" || word == "unknown") return put(" IS NULL");
  if (word == "not_null") return put(" IS NOT NULL");
  put(word == "true" ? " IS TRUE" : " IS FALSE");
}

/// All texts of an instant, for IN.
void SqlWriter::time_texts(const Instant& instant) {
  parameter(instant.t);
  for (const auto* text : {&instant.t_utc, &instant.blank, &instant.blank_utc}) {
    put(",");
    parameter(*text);
  }
  if (instant.is_midnight) {
    put(",");
    parameter(instant.day);
  }
}

/// Times are compared as texts, so that an index serves, but whichever separator the file has: the first comparison bounds
/// the range for both, the bracket sorts out the rest of the day.
Result<void> SqlWriter::compare_time(const Scope& scope, const Condition& condition, std::string_view operand) {
  const auto instant = instant_of(trim(operand));
  if (!instant) return bad_time(operand);
  const auto name = column(scope, condition.column);
  const auto compared = [&](std::string_view sign, const std::string& bound) {
    put(name + std::string(sign));
    parameter(bound);
  };
  const auto range = [&](std::string_view sign, const std::string& outer, std::string_view first_sign, const std::string& first, std::string_view second_sign, const std::string& second) {
    compared(sign, outer);
    put(" AND (");
    compared(first_sign, first);
    put(" OR ");
    compared(second_sign, second);
    put(")");
  };
  const auto& earliest = instant->is_midnight ? instant->day : instant->blank;
  switch (condition.op) {
    case Operator::gt: range(">", instant->blank_utc, "<", instant->day_t, ">", instant->t_utc); break;
    case Operator::gte: range(">=", earliest, "<", instant->day_t, ">=", instant->t); break;
    case Operator::lt: range("<", instant->t, "<", earliest, ">=", instant->day_t); break;
    case Operator::lte: range("<=", instant->t_utc, "<=", instant->blank_utc, ">=", instant->day_t); break;
    default:
      put(name + (condition.op == Operator::eq ? " IN (" : " NOT IN ("));
      time_texts(*instant);
      put(")");
  }
  return {};
}

Result<void> SqlWriter::one_operand(const Scope& scope, const Condition& condition, std::string_view operand) {
  if (is_time(scope, condition)) return compare_time(scope, condition, operand);
  const auto infix = [&](std::string_view sign) { compare(scope, condition, sign, operand); };
  const auto call = [&](std::string_view function) {
    put(function);
    put("(");
    field(scope, condition.column, condition.path);
    put(",");
    parameter(operand);
    put(")");
  };
  switch (condition.op) {
    case Operator::eq: infix("="); break;
    case Operator::neq: infix("<>"); break;
    case Operator::gt: infix(">"); break;
    case Operator::gte: infix(">="); break;
    case Operator::lt: infix("<"); break;
    case Operator::lte: infix("<="); break;
    case Operator::isdistinct: infix(" IS NOT "); break;
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
  const auto& target = scope.read->table->columns[condition.column];
  field(scope, condition.column, condition.path);
  put(" IN (");
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    const auto& operand = condition.operands[i];
    if (i > 0) put(",");
    if (!condition.path.is_empty()) {
      parameter(std::string_view(operand));
      continue;
    }
    if (target.type.kind == Kind::timestamp) {
      const auto instant = instant_of(trim(operand));
      if (!instant) return bad_time(operand);
      time_texts(*instant);
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
