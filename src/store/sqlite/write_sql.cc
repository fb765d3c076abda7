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
#include "store/sqlite/instant.h"

namespace aljibe::store::sqlite {
namespace {

using model::Kind;
using query::Condition;
using query::Direction;
using query::Nulls;
using query::Operator;

std::unexpected<Error> bad_time(std::string_view text) {
  return fail(Code::value_invalid, "invalid input syntax for type timestamp: \"" + std::string(text.substr(0, 100)) + "\"");
}

class Writer {
 public:
  explicit Writer(const query::Plan& plan) : plan_(plan) {}

  Result<Sql> page();
  Result<Sql> count(std::optional<std::int64_t> rows_max);

 private:
  void put(std::string_view text) { sql_.text += text; }
  void parameter(Parameter value) {
    sql_.parameters.push_back(std::move(value));
    put("?");
  }
  [[nodiscard]] std::string column(std::size_t index) const;
  [[nodiscard]] bool is_nullable(const query::Ordering& ordering) const {
    return !ordering.path.is_empty() || (ordering.column != query::rowid_column && plan_.table->columns[ordering.column].nullable);
  }
  Result<Sql> finished();

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
  Result<void> in(const Condition& condition);
  void value(const model::Column& column, std::string_view text);
  void field(std::size_t index, const query::JsonPath& path);
  [[nodiscard]] bool is_time(const Condition& condition) const {
    return condition.path.is_empty() && plan_.table->columns[condition.column].type.kind == Kind::timestamp && condition.op <= Operator::lte;
  }
  Result<void> compare_time(const Condition& condition, std::string_view operand);
  void time_texts(const Instant& instant);
  void compare(const Condition& condition, std::string_view sign, std::string_view operand);
  void cursor_value(const query::CursorValue& value);
  void after();
  bool strictly_after(std::size_t place);
  void order();

  const query::Plan& plan_;
  Sql sql_;
  std::string_view unsupported_;  // what this engine cannot say
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

std::string json_path(const query::JsonPath& path) {
  std::string text = "$";
  for (const auto& [key, is_index] : path.steps) {
    if (is_index) {
      text += key.starts_with('-') ? "[#" + key + "]" : "[" + key + "]";
    } else {
      text += ".\"" + key + "\"";
    }
  }
  return text;
}

/// A column, or what stands at a place inside it as PostgreSQL's arrows give it: text that is no JSON holds nothing.
void Writer::field(std::size_t index, const query::JsonPath& path) {
  const auto name = column(index);
  if (path.is_empty()) return put(name);
  // SQLite's paths have no escape for a quote inside a key.
  const bool has_quote = std::ranges::any_of(path.steps, [](const auto& step) { return step.key.contains('"'); });
  if (has_quote) unsupported_ = "A JSON key with a quote in it cannot be looked for by SQLite";
  const auto place = json_path(path);
  const auto with_place = [&](std::string_view before) {
    put(before);
    parameter(place);
  };
  put("CASE WHEN NOT json_valid(" + name + ") THEN NULL");
  if (path.last == query::JsonPath::Arrow::text) {
    // ->> of SQLite gives numbers for numbers and 1 for true; the dialect gives their text.
    with_place(" WHEN json_type(" + name + ",");
    with_place(")='text' THEN " + name + "->>");
    with_place(" WHEN json_type(" + name + ",");
    put(")='null' THEN NULL");
  }
  with_place(" ELSE " + name + "->");
  put(" END");
}

void Writer::output(const query::Output& output) {
  const auto& path = output.path;
  const auto kind = path.is_empty() ? plan_.table->columns[output.column].type.kind : Kind::text;
  const auto wrapped = [&](std::string_view before, std::string_view behind) {
    put(before);
    field(output.column, path);
    put(behind);
  };
  const bool is_json = output.cast ? output.cast->kind == Kind::json : path.is_empty() && kind == Kind::json;
  if (is_json) {
    // Whatever is stored, what leaves is JSON text.
    wrapped("CASE WHEN json_valid(", ")");
    wrapped(" THEN json(", ")");
    wrapped(" WHEN ", " IS NOT NULL");
    wrapped(" THEN json_quote(CAST(", " AS TEXT)) END");
  } else if (output.cast && output.cast->kind == Kind::integer && kind == Kind::text) {
    wrapped("CAST(", " AS INTEGER)");  // through round() a large number would lose digits
  } else if (output.cast && output.cast->kind == Kind::integer && kind != Kind::integer) {
    wrapped("CAST(round(", ") AS INTEGER)");
  } else if (output.cast && (output.cast->kind == Kind::real || output.cast->kind == Kind::decimal) && kind != Kind::decimal) {
    wrapped("CAST(", output.cast->kind == Kind::real ? " AS REAL)" : " AS NUMERIC)");
  } else if (output.cast && output.cast->kind == Kind::date && kind != Kind::date) {
    wrapped("date(", ")");
  } else {
    wrapped("", "");
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

void Writer::compare(const Condition& condition, std::string_view sign, std::string_view operand) {
  if (!condition.path.is_empty()) {
    field(condition.column, condition.path);
    put(sign);
    return parameter(operand);
  }
  const auto& target = plan_.table->columns[condition.column];
  const auto name = column(condition.column);
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
  field(condition.column, condition.path);
  if (word == "null" || word == "unknown") return put(" IS NULL");
  if (word == "not_null") return put(" IS NOT NULL");
  put(word == "true" ? " IS TRUE" : " IS FALSE");
}

/// All texts of an instant, for IN.
void Writer::time_texts(const Instant& instant) {
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
Result<void> Writer::compare_time(const Condition& condition, std::string_view operand) {
  const auto instant = instant_of(trim(operand));
  if (!instant) return bad_time(operand);
  const auto name = column(condition.column);
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

Result<void> Writer::one_operand(const Condition& condition, std::string_view operand) {
  if (is_time(condition)) return compare_time(condition, operand);
  const auto infix = [&](std::string_view sign) { compare(condition, sign, operand); };
  const auto call = [&](std::string_view function) {
    put(function);
    put("(");
    field(condition.column, condition.path);
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
    return in(condition);
  }
  if (condition.operands.empty()) {  // nothing equals any of no values, and everything equals all of them
    put(condition.quantifier == query::Quantifier::all ? "1" : "0");
    return {};
  }
  const auto sign = condition.quantifier == query::Quantifier::all ? " AND " : " OR ";
  return join(0, condition.operands.size(), sign, [&](std::size_t i) { return one_operand(condition, condition.operands[i]); });
}

Result<void> Writer::in(const Condition& condition) {
  const auto& target = plan_.table->columns[condition.column];
  field(condition.column, condition.path);
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
  if (last.tag == query::CursorValue::Tag::null) {
    if (ordering.nulls == Nulls::last) return false;
    field(ordering.column, ordering.path);
    put(" IS NOT NULL");
    return true;
  }
  const bool nulls_follow = is_nullable(ordering) && ordering.nulls == Nulls::last;
  put(nulls_follow ? "(" : "");
  field(ordering.column, ordering.path);
  put(ordering.direction == Direction::ascending ? ">" : "<");
  cursor_value(last);
  if (nulls_follow) {
    put(" OR ");
    field(ordering.column, ordering.path);
    put(" IS NULL)");
  }
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
      field(plan_.order[before].column, plan_.order[before].path);
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
    field(ordering.column, ordering.path);
    if (ordering.direction == Direction::descending) put(" DESC");
    // Said only where it matters: NULLS LAST keeps SQLite from walking an index.
    if (is_nullable(ordering)) put(ordering.nulls == Nulls::first ? " NULLS FIRST" : " NULLS LAST");
  }
}

Result<Sql> Writer::finished() {
  if (!unsupported_.empty()) return fail(Code::operator_unsupported, std::string(unsupported_));
  return std::move(sql_);
}

Result<Sql> Writer::page() {
  put("SELECT ");
  for (std::size_t i = 0; i < plan_.outputs.size(); ++i) {
    if (i > 0) put(",");
    output(plan_.outputs[i]);
  }
  for (const auto& ordering : plan_.order) {
    put(",");
    field(ordering.column, ordering.path);
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
  return finished();
}

Result<Sql> Writer::count(std::optional<std::int64_t> rows_max) {
  put(rows_max ? "SELECT count(*) FROM (SELECT 1 FROM " : "SELECT count(*) FROM ");
  put(identifier(plan_.table->name));
  if (!plan_.condition.children.empty()) {
    put(" WHERE ");
    ALJ_TRY(group(plan_.condition));
  }
  if (rows_max) {
    put(" LIMIT ");
    parameter(*rows_max);
    put(")");
  }
  return finished();
}

}  // namespace

Result<Sql> page_sql(const query::Plan& plan) { return Writer(plan).page(); }
Result<Sql> count_sql(const query::Plan& plan, std::optional<std::int64_t> rows_max) { return Writer(plan).count(rows_max); }

}  // namespace aljibe::store::sqlite
