#include "store/sqlite/violation.h"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "store/sqlite/bind.h"
#include "store/sqlite/identity.h"

namespace aljibe::store::sqlite {
namespace {

/// Names behind "… failed: ", as in "products.asin, products.title": the columns' alone.
std::vector<std::string> columns_in(std::string_view message, const std::string& table) {
  std::vector<std::string> columns;
  const auto colon = message.find(": ");
  if (colon == std::string_view::npos) return columns;
  message.remove_prefix(colon + 2);
  while (!message.empty()) {
    const auto comma = std::min(message.find(", "), message.size());
    auto name = message.substr(0, comma);
    if (name.starts_with(table + ".")) name.remove_prefix(table.size() + 1);
    columns.emplace_back(name);
    message.remove_prefix(std::min(comma + 2, message.size()));
  }
  return columns;
}

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : between).append(name);
  return text;
}

/// A value of the record as a person would write it; nothing when the record does not give it.
std::string shown_value(const query::Change& change, std::size_t row, const std::string& name) {
  const auto column = change.table().find(name);
  const auto place = column ? std::ranges::find(change.columns, *column) : change.columns.end();
  if (place == change.columns.end() || row >= change.records.rows_count) return {};
  const auto index = static_cast<std::size_t>(place - change.columns.begin());
  return shortened(operand_of(parameter_of(change.records.row(row)[index], change.table().columns[*column].type)));
}

std::string key_words(const query::Change& change, std::size_t row, const std::vector<std::string>& columns) {
  std::vector<std::string> values;
  for (const auto& column : columns) values.push_back(shown_value(change, row, column));
  return "Key (" + joined(columns, ", ") + ")=(" + joined(values, ", ") + ")";
}

Error duplicate(const query::Change& change, std::size_t row, std::string_view message) {
  const auto& table = change.table();
  const auto columns = columns_in(message, table.name);
  std::vector<std::size_t> indices;
  for (const auto& column : columns) indices.push_back(table.find(column).value_or(SIZE_MAX));
  const bool is_primary = std::ranges::is_permutation(indices, table.primary_key);
  const auto constraint = table.name + (is_primary ? "_pkey" : "_" + joined(columns, "_") + "_key");
  return Error(Code::unique_violation, "duplicate key value violates unique constraint \"" + constraint + "\"",
               key_words(change, row, columns) + " already exists.");
}

bool is_there(Connection& connection, const model::ForeignKey& key, const query::Change& change, std::size_t row) {
  const auto* const target = change.plan.catalogue->find(key.table);
  if (target == nullptr) return true;
  std::string condition;
  std::vector<Parameter> values;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto column = change.table().find(key.columns[i]);
    const auto place = column ? std::ranges::find(change.columns, *column) : change.columns.end();
    if (place == change.columns.end()) return true;  // not given: not what broke
    const auto& value = change.records.row(row)[static_cast<std::size_t>(place - change.columns.begin())];
    if (value.is_null()) return true;
    const auto name = i < key.target_columns.size() ? key.target_columns[i] : i < target->primary_key.size() ? target->columns[target->primary_key[i]].name : std::string();
    if (name.empty()) return true;
    condition += (condition.empty() ? "" : " AND ") + identifier(name) + "=?";
    values.push_back(parameter_of(value, change.table().columns[*column].type));
  }
  auto statement = connection.prepare("SELECT 1 FROM " + identifier(key.table) + " WHERE " + condition, "looking for a row");
  if (!statement) return true;
  sqlite::bind(*statement, values);
  const auto step = statement->step();
  return !step || *step == Statement::Step::row;
}

std::string constraint_of(const model::Table& table, const model::ForeignKey& key) {
  return key.name.empty() ? table.name + "_" + joined(key.columns, "_") + "_fkey" : key.name;
}

Error missing(const model::Table& table, const model::ForeignKey& key, const query::Change& change, std::size_t row) {
  return Error(Code::foreign_key_violation, "insert or update on table \"" + table.name + "\" violates foreign key constraint \"" + constraint_of(table, key) + "\"",
               key_words(change, row, key.columns) + " is not present in table \"" + key.table + "\".");
}

/// The values of a row of `table` whose foreign key points at no row; nothing when there is none.
std::vector<std::string> orphan(Connection& connection, const model::Table& table, const model::ForeignKey& key) {
  if (key.target_columns.size() != key.columns.size()) return {};
  std::string names, given, same;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto column = "c." + identifier(key.columns[i]);
    names += (i == 0 ? "" : ",") + column;
    given += (i == 0 ? "" : " AND ") + column + " IS NOT NULL";
    same += (i == 0 ? "" : " AND ") + std::string("p.") + identifier(key.target_columns[i]) + "=" + column;
  }
  auto found = connection.prepare("SELECT " + names + " FROM " + identifier(table.name) + " AS c WHERE " + given + " AND NOT EXISTS (SELECT 1 FROM " +
                                      identifier(key.table) + " AS p WHERE " + same + ") LIMIT 1", "looking for a row");
  if (!found) return {};
  const auto step = found->step();
  if (!step || *step == Statement::Step::done) return {};
  std::vector<std::string> values;
  for (std::size_t i = 0; i < key.columns.size(); ++i) values.emplace_back(found->text(static_cast<int>(i)));
  return values;
}

/// Who still points at a row that went away or took another key.
std::optional<Error> abandoned(Connection& connection, const query::Change& change) {
  for (const auto& other : change.plan.catalogue->tables) {
    for (const auto& key : other.foreign_keys) {
      if (other.relation != model::Relation::table || key.table != change.table().name) continue;
      const auto values = orphan(connection, other, key);
      if (values.empty()) continue;
      return Error(Code::foreign_key_violation,
                   "update or delete on table \"" + key.table + "\" violates foreign key constraint \"" + constraint_of(other, key) + "\" on table \"" + other.name + "\"",
                   "Key (" + joined(key.target_columns, ", ") + ")=(" + joined(values, ", ") + ") is still referenced from table \"" + other.name + "\".");
    }
  }
  return std::nullopt;
}

Error reference(Connection& connection, const query::Change& change) {
  const auto& table = change.table();
  for (std::size_t row = 0; row < change.records.rows_count; ++row) {
    for (const auto& key : table.foreign_keys) {
      if (!is_there(connection, key, change, row)) return missing(table, key, change, row);
    }
  }
  if (auto error = abandoned(connection, change)) return std::move(*error);
  return Error(Code::foreign_key_violation, "the change violates a foreign key constraint of table \"" + table.name + "\"");
}

}  // namespace

Error violation_of(Connection& connection, const query::Change& change, std::size_t row) {
  const int result = sqlite3_extended_errcode(connection.handle());
  const std::string message = sqlite3_errmsg(connection.handle());
  const auto& table = change.table();
  switch (result) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return duplicate(change, row, message);
    case SQLITE_CONSTRAINT_FOREIGNKEY: return reference(connection, change);
    case SQLITE_CONSTRAINT_NOTNULL:
      return Error(Code::not_null_violation, "null value in column \"" + joined(columns_in(message, table.name), ", ") + "\" of relation \"" + table.name +
                                                 "\" violates not-null constraint");
    case SQLITE_CONSTRAINT_CHECK:
      return Error(Code::check_violation, "new row for relation \"" + table.name + "\" violates check constraint \"" + joined(columns_in(message, table.name), ", ") + "\"");
    case SQLITE_CONSTRAINT_TRIGGER: return Error(Code::trigger_raised, message);  // the words are the database owner's
    case SQLITE_CONSTRAINT_DATATYPE:
    case SQLITE_MISMATCH: return Error(Code::value_invalid, "a value does not fit the type of its column in \"" + table.name + "\"");
    case SQLITE_TOOBIG: return Error(Code::value_overflows, "a value is larger than the database takes");
    default: return error_of(connection.handle(), "changing rows");
  }
}

Result<void> check_deferred(Connection& connection, const query::Change& change) {
  int open = 0;
  int most = 0;
  sqlite3_db_status(connection.handle(), SQLITE_DBSTATUS_DEFERRED_FKS, &open, &most, 0);
  if (open == 0) return {};
  return std::unexpected(reference(connection, change));
}

}  // namespace aljibe::store::sqlite
