#include "store/sqlite/change_sql.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.h"
#include "store/sqlite/identity.h"

namespace aljibe::store::sqlite {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view behind = {}) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : ",").append(part).append(behind);
  return text;
}

std::vector<std::string> names_of(const model::Table& table, const std::vector<std::size_t>& columns) {
  std::vector<std::string> names;
  for (const auto column : columns) names.push_back(identifier(table.columns[column].name));
  return names;
}

std::vector<std::string> given_names(const query::Change& change, std::size_t row) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    if (!change.records.is_absent(row, i)) names.push_back(identifier(change.table().columns[change.columns[i]].name));
  }
  return names;
}

std::string on_conflict(const query::Change& change, const std::vector<std::string>& names) {
  if (change.resolution == query::Resolution::none) return {};
  const auto key = names_of(change.table(), change.key);
  if (change.resolution == query::Resolution::ignore) return " ON CONFLICT (" + joined(key) + ") DO NOTHING";
  // Nothing to set still has to say which row it is: the key sets itself.
  std::string set;
  for (const auto& name : names.empty() ? key : names) set += (set.empty() ? "" : ",") + name + "=excluded." + name;
  return " ON CONFLICT (" + joined(key) + ") DO UPDATE SET " + set;
}

/// A statement that sets off triggers can be undone by itself, for which SQLite keeps a copy of every page that it touches: a third
/// of an insert's time. Nobody needs it, as a row that fails takes its whole change with it. But the word would hold inside
/// somebody else's triggers too, in the place of their own.
std::string_view or_fail(const model::Table& table) { return table.has_triggers ? "" : "OR FAIL "; }

}  // namespace

std::string insert_sql(const query::Change& change, std::size_t row, Returning returning) {
  const auto names = given_names(change, row);
  const bool is_plain = change.resolution == query::Resolution::none;
  std::string sql = "INSERT " + std::string(is_plain ? or_fail(change.table()) : "") + "INTO " + identifier(change.table().name);
  if (names.empty()) {
    sql += " DEFAULT VALUES";
  } else {
    sql += " (" + joined(names) + ") VALUES (" + joined(std::vector<std::string>(names.size(), "?")) + ")" + on_conflict(change, names);
  }
  if (returning == Returning::identity) sql += " RETURNING " + joined(identity_columns(change.table()));
  return sql;
}

std::string update_sql(const query::Change& change, std::size_t row) {
  const auto& table = change.table();
  return "UPDATE " + std::string(or_fail(table)) + identifier(table.name) + " SET " + joined(given_names(change, row), "=?") + " WHERE " + identity_condition(table) + " RETURNING " +
         joined(identity_columns(table));
}

std::string exists_sql(const query::Change& change) {
  std::string condition;
  for (const auto& name : names_of(change.table(), change.key)) condition += (condition.empty() ? "" : " AND ") + name + "=?";
  return "SELECT 1 FROM " + identifier(change.table().name) + " WHERE " + condition;
}

std::string key_sql(const model::Table& table) {
  return "SELECT " + joined(names_of(table, table.primary_key)) + " FROM " + identifier(table.name) + " WHERE " + identity_condition(table);
}

query::Change record_alone(const query::Change& change, std::size_t row) {
  query::Change one{.action = query::Action::update, .plan = change.plan};
  one.records = {.columns_count = 0, .rows_count = 1, .values = {}, .absent = {}, .bytes = change.records.bytes};
  Identity key(change.key.size());
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    const auto column = change.columns[i];
    const auto& value = change.records.row(row)[i];
    const auto place = std::ranges::find(change.key, column);
    if (place != change.key.end()) {
      key[static_cast<std::size_t>(place - change.key.begin())] = parameter_of(value, change.table().columns[column].type);
    } else if (!change.records.is_absent(row, i)) {
      one.columns.push_back(column);
      one.records.values.push_back(value);
    }
  }
  one.records.columns_count = one.columns.size();
  query::Condition named{.node = query::Condition::Node::all_of};
  for (std::size_t i = 0; i < key.size(); ++i) named.children.push_back(equality(change.key[i], key[i]));
  one.plan.condition.children.push_back(std::move(named));
  return one;
}

}  // namespace aljibe::store::sqlite
