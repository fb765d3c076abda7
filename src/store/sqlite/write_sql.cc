// A Plan becomes SQL. Every value is a bound parameter; the only text that comes from outside is the names of tables and
// columns, which the catalogue vouches for, quoted.
#include "store/sqlite/write_sql.h"

#include <charconv>
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
    sql_.parameters.push_back(value);
    put("?");
  }
  [[nodiscard]] std::string column(std::size_t index) const {
    return index == query::rowid_column ? "rowid" : identifier(plan_.table->columns[index].name);
  }
  [[nodiscard]] bool is_nullable(std::size_t index) const { return index != query::rowid_column && plan_.table->columns[index].nullable; }

  void output(const query::Output& output);
  Result<void> where();
  Result<void> condition(const Condition& condition);
  Result<void> group(const Condition& condition);
  Result<void> comparison(const Condition& condition);
  Result<void> one_operand(const Condition& condition, std::string_view operand);
  void is(const Condition& condition);
  void value(const model::Type& type, std::string_view text);
  void cursor_value(const query::CursorValue& value);
  void after();
  bool strictly_after(std::size_t place);
  void order();

  const query::Plan& plan_;
  Sql sql_;
};

void Writer::output(const query::Output& output) {
  const auto& type = plan_.table->columns[output.column].type;
  const std::string name = column(output.column);
  if (type.kind == Kind::json && !output.cast) {
    // Whatever is stored, what leaves is JSON text.
    put("CASE WHEN json_valid(" + name + ") THEN json(" + name + ") WHEN " + name + " IS NOT NULL THEN json_quote(CAST(" + name + " AS TEXT)) END");
  } else if (output.cast && output.cast->kind == Kind::integer && type.kind != Kind::integer) {
    put("CAST(round(" + name + ") AS INTEGER)");
  } else if (output.cast && output.cast->kind == Kind::real) {
    put("CAST(" + name + " AS REAL)");
  } else {
    put(name);
  }
}

void Writer::value(const model::Type& type, std::string_view text) {
  const auto number = trim(text).starts_with('+') ? trim(text).substr(1) : trim(text);
  switch (type.kind) {
    case Kind::integer: {
      std::int64_t integer = 0;
      std::from_chars(number.data(), number.data() + number.size(), integer);
      return parameter(integer);
    }
    case Kind::decimal:
    case Kind::real: {
      double real = 0;
      std::from_chars(number.data(), number.data() + number.size(), real);
      return parameter(real);
    }
    case Kind::boolean: return parameter(std::int64_t{query::truth_of(number).value_or(false) ? 1 : 0});
    default: return parameter(text);
  }
}

void Writer::is(const Condition& condition) {
  const auto& word = condition.operands[0];
  put(column(condition.column));
  if (word == "null" || word == "unknown") return put(" IS NULL");
  if (word == "not_null") return put(" IS NOT NULL");
  put(word == "true" ? " IS TRUE" : " IS FALSE");
}

Result<void> Writer::one_operand(const Condition& condition, std::string_view operand) {
  const auto& type = plan_.table->columns[condition.column].type;
  const auto infix = [&](std::string_view sign) {
    put(column(condition.column));
    put(sign);
    value(type, operand);
  };
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
    put(column(condition.column));
    put(" IN (");
    for (std::size_t i = 0; i < condition.operands.size(); ++i) {
      if (i > 0) put(",");
      value(plan_.table->columns[condition.column].type, condition.operands[i]);
    }
    put(")");
    return {};
  }
  if (condition.operands.empty()) {  // nothing equals any of no values, and everything equals all of them
    put(condition.quantifier == query::Quantifier::all ? "1" : "0");
    return {};
  }
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    if (i > 0) put(condition.quantifier == query::Quantifier::all ? " AND " : " OR ");
    ALJ_TRY(one_operand(condition, condition.operands[i]));
  }
  return {};
}

Result<void> Writer::group(const Condition& condition) {
  if (condition.children.empty()) put(condition.node == Condition::Node::all_of ? "1" : "0");
  for (std::size_t i = 0; i < condition.children.size(); ++i) {
    if (i > 0) put(condition.node == Condition::Node::all_of ? " AND " : " OR ");
    ALJ_TRY(this->condition(condition.children[i]));
  }
  return {};
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
    case Tag::text:
    case Tag::blob: return parameter(std::string_view(value.text));
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
