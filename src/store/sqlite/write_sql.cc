// A Plan becomes SQL. Every value is a bound parameter; the only text that comes from outside is the names of tables and
// columns, which the catalogue vouches for, quoted.
#include "store/sqlite/write_sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "base/text.h"
#include "query/operand.h"
#include "query/operators.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {
namespace {

using model::Kind;
using query::Condition;
using query::Direction;
using query::Nulls;
using query::Operator;

class Writer {
 public:
  explicit Writer(const query::Plan& plan) : plan_(plan) {}

  Result<Sql> page();
  Result<Sql> count();

 private:
  void put(std::string_view text) { sql_.text += text; }
  void parameter(Parameter value) {
    sql_.parameters.push_back(std::move(value));
    put("?");
  }
  [[nodiscard]] std::string column(std::size_t index) const;
  [[nodiscard]] bool is_nullable(std::size_t index) const { return index != query::rowid_column && plan_.table->columns[index].nullable; }

  /// Calls `one` for each index of [from, to) with `sign` between, in parentheses that keep the tree of a long chain flat:
  /// SQLite allows a depth of 1000.
  template <class One>
  Result<void> join(std::size_t from, std::size_t to, std::string_view sign, const One& one);
  void output(const query::Output& output);
  Result<void> where();
  Result<void> condition(const Condition& condition);
  Result<void> group(const Condition& condition);
  Result<void> comparison(const Condition& condition);
  Result<void> one_operand(const Condition& condition, std::string_view operand);
  void is(const Condition& condition);
  void in(const Condition& condition);
  void value(const model::Column& column, std::string_view text);
  void compare(std::size_t index, std::string_view sign, std::string_view operand);
  void cursor_value(const query::CursorValue& value);
  void after();
  bool strictly_after(std::size_t place);
  void order();

  const query::Plan& plan_;
  Sql sql_;
};

std::string Writer::column(std::size_t index) const {
  if (index != query::rowid_column) return identifier(plan_.table->columns[index].name);
  // A column of the same name hides the rowid, but not under its other names.
  constexpr auto names = std::to_array<std::string_view>({"rowid", "_rowid_", "oid"});
  const auto is_free = [this](std::string_view name) {
    return std::ranges::none_of(plan_.table->columns, [name](const model::Column& one) { return equal_ignoring_case(one.name, name); });
  };
  const auto free = std::ranges::find_if(names, is_free);
  return std::string(free == names.end() ? names[0] : *free);
}

template <class One>
Result<void> Writer::join(std::size_t from, std::size_t to, std::string_view sign, const One& one) {
  constexpr std::size_t flat_max = 16;
  if (to - from > flat_max) {
    const auto middle = from + (to - from) / 2;
    put("(");
    ALJ_TRY(join(from, middle, sign, one));
    put(")");
    put(sign);
    put("(");
    ALJ_TRY(join(middle, to, sign, one));
    put(")");
    return {};
  }
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) put(sign);
    ALJ_TRY(one(i));
  }
  return {};
}

void Writer::output(const query::Output& output) {
  const auto& type = plan_.table->columns[output.column].type;
  const std::string name = column(output.column);
  if (output.cast.value_or(type).kind == Kind::json) {
    // Whatever is stored, what leaves is JSON text.
    put("CASE WHEN json_valid(" + name + ") THEN json(" + name + ") WHEN " + name + " IS NOT NULL THEN json_quote(CAST(" + name + " AS TEXT)) END");
  } else if (output.cast && output.cast->kind == Kind::integer && type.kind != Kind::integer) {
    put("CAST(round(" + name + ") AS INTEGER)");
  } else if (output.cast && output.cast->kind == Kind::real) {
    put("CAST(" + name + " AS REAL)");
  } else if (output.cast && output.cast->kind == Kind::date && type.kind != Kind::date) {
    put("date(" + name + ")");
  } else {
    put(name);
  }
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

void Writer::value(const model::Column& column, std::string_view text) {
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

void Writer::compare(std::size_t index, std::string_view sign, std::string_view operand) {
  const auto& target = plan_.table->columns[index];
  const auto name = column(index);
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

void Writer::is(const Condition& condition) {
  const auto& word = condition.operands[0];
  put(column(condition.column));
  if (word == "null" || word == "unknown") return put(" IS NULL");
  if (word == "not_null") return put(" IS NOT NULL");
  put(word == "true" ? " IS TRUE" : " IS FALSE");
}

Result<void> Writer::one_operand(const Condition& condition, std::string_view operand) {
  const auto infix = [&](std::string_view sign) { compare(condition.column, sign, operand); };
  const auto call = [&](std::string_view function) {
    put(function);
    put("(");
    put(column(condition.column));
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
    default:
      return fail(Code::operator_unsupported, "The operator '" + std::string(query::word_of(condition.op)) + "' cannot be evaluated by SQLite", "",
                  "Use eq, neq, gt, gte, lt, lte, like, ilike, match, imatch, in, is or isdistinct.");
  }
  return {};
}

Result<void> Writer::comparison(const Condition& condition) {
  if (condition.op == Operator::is) {
    is(condition);
    return {};
  }
  if (condition.op == Operator::in) {
    in(condition);
    return {};
  }
  if (condition.operands.empty()) {  // nothing equals any of no values, and everything equals all of them
    put(condition.quantifier == query::Quantifier::all ? "1" : "0");
    return {};
  }
  const auto sign = condition.quantifier == query::Quantifier::all ? " AND " : " OR ";
  return join(0, condition.operands.size(), sign, [&](std::size_t i) { return one_operand(condition, condition.operands[i]); });
}

void Writer::in(const Condition& condition) {
  const auto& target = plan_.table->columns[condition.column];
  put(column(condition.column));
  put(" IN (");
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    if (i > 0) put(",");
    const auto number = target.is_typed ? std::nullopt : number_of(condition.operands[i]);
    if (number) {
      parameter(*number);
      put(",");
    }
    value(target, condition.operands[i]);
  }
  put(")");
}

Result<void> Writer::group(const Condition& condition) {
  if (condition.children.empty()) put(condition.node == Condition::Node::all_of ? "1" : "0");
  const auto sign = condition.node == Condition::Node::all_of ? " AND " : " OR ";
  return join(0, condition.children.size(), sign, [&](std::size_t i) { return this->condition(condition.children[i]); });
}

Result<void> Writer::condition(const Condition& condition) {
  put(condition.negated ? "NOT (" : "(");
  if (condition.node == Condition::Node::comparison) {
    ALJ_TRY(comparison(condition));
  } else {
    ALJ_TRY(group(condition));
  }
  put(")");
  return {};
}

void Writer::cursor_value(const query::CursorValue& value) {
  using Tag = query::CursorValue::Tag;
  const auto number = [&value]<class Number>(Number parsed) {
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), parsed);
    return parsed;
  };
  switch (value.tag) {
    case Tag::null: return parameter(std::monostate());
    case Tag::integer: return parameter(number(std::int64_t{0}));
    case Tag::real: return parameter(number(0.0));
    case Tag::text: return parameter(std::string_view(value.text));
    case Tag::blob: return parameter(Blob{value.text});
  }
}

/// The part of the keyset condition that says "later than the cursor in the column at `place`"; false when nothing is.
bool Writer::strictly_after(std::size_t place) {
  const auto& ordering = plan_.order[place];
  const auto& last = (*plan_.after)[place];
  const std::string name = column(ordering.column);
  if (last.tag == query::CursorValue::Tag::null) {
    if (ordering.nulls == Nulls::last) return false;
    put(name + " IS NOT NULL");
    return true;
  }
  const bool nulls_follow = is_nullable(ordering.column) && ordering.nulls == Nulls::last;
  put(nulls_follow ? "(" + name : name);
  put(ordering.direction == Direction::ascending ? ">" : "<");
  cursor_value(last);
  if (nulls_follow) put(" OR " + name + " IS NULL)");
  return true;
}

/// (a after) OR (a same AND b after) OR …
void Writer::after() {
  put("(");
  bool any = false;
  for (std::size_t place = 0; place < plan_.order.size(); ++place) {
    const auto mark = std::pair(sql_.text.size(), sql_.parameters.size());
    put(any ? " OR (" : "(");
    for (std::size_t before = 0; before < place; ++before) {
      put(column(plan_.order[before].column));
      put(" IS ");
      cursor_value((*plan_.after)[before]);
      put(" AND ");
    }
    if (strictly_after(place)) {
      put(")");
      any = true;
    } else {
      sql_.text.resize(mark.first);
      sql_.parameters.resize(mark.second);
    }
  }
  put(any ? ")" : "0)");
}

Result<void> Writer::where() {
  if (plan_.condition.children.empty() && !plan_.after) return {};
  put(" WHERE ");
  ALJ_TRY(group(plan_.condition));
  return {};
}

void Writer::order() {
  for (std::size_t i = 0; i < plan_.order.size(); ++i) {
    const auto& ordering = plan_.order[i];
    put(i == 0 ? " ORDER BY " : ",");
    put(column(ordering.column));
    if (ordering.direction == Direction::descending) put(" DESC");
    // Said only where it matters: NULLS LAST keeps SQLite from walking an index.
    if (is_nullable(ordering.column)) put(ordering.nulls == Nulls::first ? " NULLS FIRST" : " NULLS LAST");
  }
}

Result<Sql> Writer::page() {
  put("SELECT ");
  for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
    if (i > 0) put(",");
    output(plan_.outputs[i]);
  }
  for (const auto& ordering : plan_.order) {
    put(",");
    put(column(ordering.column));
  }
  put(" FROM " + identifier(plan_.table->name));
  ALJ_TRY(where());
  if (plan_.after) {
    put(" AND ");
    after();
  }
  order();
  put(" LIMIT ");
  parameter(plan_.limit ? static_cast<std::int64_t>(*plan_.limit) + 1 : std::int64_t{-1});
  if (plan_.offset > 0) {
    put(" OFFSET ");
    parameter(static_cast<std::int64_t>(plan_.offset));
  }
  return std::move(sql_);
}

Result<Sql> Writer::count() {
  put("SELECT count(*) FROM " + identifier(plan_.table->name));
  if (!plan_.condition.children.empty()) {
    put(" WHERE ");
    ALJ_TRY(group(plan_.condition));
  }
  return std::move(sql_);
}

}  // namespace

Result<Sql> page_sql(const query::Plan& plan) { return Writer(plan).page(); }
Result<Sql> count_sql(const query::Plan& plan) { return Writer(plan).count(); }

}  // namespace aljibe::store::sqlite
