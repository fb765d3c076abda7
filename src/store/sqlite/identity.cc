#include "store/sqlite/identity.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "store/sqlite/bind.h"

namespace aljibe::store::sqlite {
namespace {

using query::Condition;

Parameter value_at(sqlite3_stmt* statement, int column) {
  const auto bytes = [&] {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement, column));
    return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: return bytes();
    case SQLITE_BLOB: return Blob{bytes()};
    default: return std::monostate();
  }
}

}  // namespace

std::string operand_of(const Parameter& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) {
    std::string text = "\\x";
    append_hex(text, blob->bytes);
    return text;
  }
  if (const auto* real = std::get_if<double>(&value)) {
    std::array<char, 32> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *real).ptr};
  }
  return {};
}

Condition equality(std::size_t column, const Parameter& value) {
  Condition condition{.node = Condition::Node::comparison, .column = column};
  const bool is_null = std::holds_alternative<std::monostate>(value);
  condition.op = is_null ? query::Operator::is : query::Operator::eq;
  condition.operands.push_back(is_null ? "null" : operand_of(value));
  return condition;
}

Parameter parameter_of(const model::Value& value, const model::Type& type) {
  using Tag = model::Value::Tag;
  switch (value.tag) {
    case Tag::null: return std::monostate();
    case Tag::integer:
    case Tag::boolean: return value.integer;
    case Tag::decimal: return static_cast<double>(value.integer) / power_of_ten(type.scale);
    case Tag::real: return value.real;
    case Tag::text: return std::string(value.view());
  }
  return std::monostate();
}

std::string rowid_name(const model::Table& table) {
  constexpr auto names = std::to_array<std::string_view>({"rowid", "_rowid_", "oid"});
  const auto is_free = [&table](std::string_view name) {
    return std::ranges::none_of(table.columns, [name](const model::Column& one) { return equal_ignoring_case(one.name, name); });
  };
  const auto free = std::ranges::find_if(names, is_free);
  return std::string(free == names.end() ? names[0] : *free);
}

std::vector<std::string> identity_columns(const model::Table& table) {
  if (table.has_rowid) return {rowid_name(table)};
  std::vector<std::string> names;
  for (const auto column : table.primary_key) names.push_back(identifier(table.columns[column].name));
  return names;
}

std::string identity_condition(const model::Table& table) {
  std::string text;
  for (const auto& name : identity_columns(table)) text += (text.empty() ? "" : " AND ") + name + "=?";
  return text;
}

Identity read_identity(const Statement& statement, const model::Table& table) {
  const auto width = table.has_rowid ? 1 : table.primary_key.size();
  Identity identity;
  for (std::size_t i = 0; i < width; ++i) identity.push_back(value_at(statement.handle(), static_cast<int>(i)));
  return identity;
}

Condition condition_of(const std::vector<Identity>& rows, const model::Table& table) {
  Condition any{.node = Condition::Node::any_of};
  if (table.has_rowid || table.primary_key.size() == 1) {
    Condition in{.node = Condition::Node::comparison, .column = table.has_rowid ? query::rowid_column : table.primary_key[0], .op = query::Operator::in};
    for (const auto& row : rows) in.operands.push_back(operand_of(row[0]));
    any.children.push_back(std::move(in));
    return any;
  }
  for (const auto& row : rows) {
    Condition all{.node = Condition::Node::all_of};
    for (std::size_t i = 0; i < row.size(); ++i) all.children.push_back(equality(table.primary_key[i], row[i]));
    any.children.push_back(std::move(all));
  }
  return any;
}

}  // namespace aljibe::store::sqlite
