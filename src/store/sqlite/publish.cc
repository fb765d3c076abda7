// A table is loaded without its keys and gets each as an index, by one sort. SQLite cannot turn an index into a declared
// PRIMARY KEY, but what such a key is on disk is exactly such an index, with a name of its own and no text: so `seal` edits
// sqlite_schema (documented as "PRAGMA writable_schema"), and the database is what it would be had the key been declared first.
//
//   before   table  aljibe_load_1_products        CREATE TABLE … (asin TEXT NOT NULL, …)
//            index  aljibe_load_1_products_key_0  CREATE UNIQUE INDEX … (asin)
//   after    table  aljibe_load_1_products        CREATE TABLE … (asin TEXT PRIMARY KEY NOT NULL, …)
//            index  sqlite_autoindex_aljibe_load_1_products_1   NULL
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "store/sqlite/changelog.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/target.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "publishing a table";
constexpr std::string_view position_columns = "aljibe_source INTEGER, aljibe_record INTEGER, aljibe_line INTEGER, aljibe_from INTEGER, aljibe_to INTEGER";

std::string names_of(const model::Table& table, const std::vector<std::size_t>& columns, const std::string& prefix = {}) {
  std::string text;
  for (const auto column : columns) text += (text.empty() ? "" : ", ") + prefix + identifier(table.columns[column].name);
  return text;
}

std::string all_names(const model::Table& table) {
  std::string text;
  for (const auto& column : table.columns) text += (text.empty() ? "" : ", ") + identifier(column.name);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + identifier(name);
  return text;
}

/// Keys of `table` as columns of `staging`; those that staging has not all columns of cannot be compared.
std::vector<std::vector<std::string>> common_keys(const model::Table& staging, const model::Table& table) {
  std::vector<std::vector<std::string>> keys;
  for (const auto& key : keys_of(table)) {
    std::vector<std::string> names;
    for (const auto column : key) names.push_back(table.columns[column].name);
    if (std::ranges::all_of(names, [&](const auto& name) { return staging.find(name).has_value(); })) keys.push_back(names);
  }
  return keys;
}

/// An index on each foreign key: what an API is asked for most is "the rows of this one", and SQLite makes none by itself.
Result<void> index_references(Connection& connection, const model::Table& shape, const std::string& table) {
  for (const auto& key : shape.foreign_keys) {
    std::string name = table;
    for (const auto& column : key.columns) name += "_" + column;
    ALJ_TRY(connection.execute("CREATE INDEX IF NOT EXISTS " + identifier(name) + " ON " + identifier(table) + " (" + joined(key.columns) + ")", "indexing " + table));
  }
  return {};
}

}  // namespace

std::string definition(const model::Table& table, Keys keys, Positions positions) {
  const bool inline_key = table.primary_key.size() == 1 && (keys == Keys::declared || has_rowid_key(table));
  std::string sql = "CREATE TABLE " + identifier(table.name) + " (";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    sql += (i > 0 ? ", " : "") + identifier(column.name) + " " + model::to_sqlite(column.type);
    if (inline_key && table.primary_key[0] == i) sql += " PRIMARY KEY";
    if (!column.nullable) sql += " NOT NULL";
  }
  if (positions == Positions::kept) sql += ", " + std::string(position_columns);
  if (keys == Keys::declared) {
    const auto all = keys_of(table);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool is_primary = i == 0 && !table.primary_key.empty();
      if (is_primary && inline_key) continue;
      sql += std::string(is_primary ? ", PRIMARY KEY (" : ", UNIQUE (") + names_of(table, all[i]) + ")";
    }
  }
  for (const auto& key : table.foreign_keys) {
    sql += ", FOREIGN KEY (" + joined(key.columns) + ") REFERENCES " + identifier(key.table) + " (" + joined(key.target_columns) + ")";
  }
  return sql + ")";
}

Result<void> Target::make_staging(const model::Table& staging, Positions positions) {
  ALJ_TRY(connection_.execute("DROP TABLE IF EXISTS " + identifier(staging.name), doing));
  return connection_.execute(definition(staging, Keys::left_out, positions), "making a table");
}

Result<void> Target::seal(const model::Table& staging, Positions positions) {
  ALJ_TRY(build_loading_indexes(connection_, staging));
  const auto version = ALJ_TRY(connection_.query_integer("PRAGMA schema_version", doing));
  ALJ_TRY(connection_.execute("PRAGMA writable_schema = ON", doing));
  {
    auto index = ALJ_TRY(connection_.prepare("UPDATE sqlite_schema SET name = ?1, sql = NULL WHERE type = 'index' AND name = ?2", doing));
    const std::size_t first = has_rowid_key(staging) ? 1 : 0;
    for (std::size_t number = first; number < keys_of(staging).size(); ++number) {
      const std::string declared = "sqlite_autoindex_" + staging.name + "_" + std::to_string(number - first + 1);
      const std::string loading = loading_index(staging, number);
      index.bind(1, std::string_view(declared));
      index.bind(2, std::string_view(loading));
      ALJ_TRY(index.run());
    }
    auto table = ALJ_TRY(connection_.prepare("UPDATE sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2", doing));
    const std::string sql = definition(staging, Keys::declared, positions);
    table.bind(1, std::string_view(sql));
    table.bind(2, std::string_view(staging.name));
    ALJ_TRY(table.run());
  }
  return connection_.execute("PRAGMA schema_version = " + std::to_string(version + 1) + "; PRAGMA writable_schema = RESET;", doing);
}

Result<void> Target::replace(const model::Table& staging, const std::string& table) {
  // Ours are made anew for the new columns: with the old ones every change of the table would fail.
  const bool was_logged = ALJ_TRY(remove_triggers(connection_, table));
  std::vector<std::string> kept;
  {
    auto query = ALJ_TRY(connection_.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL", doing));
    query.bind(1, std::string_view(table));
    while (ALJ_TRY(query.step()) == Statement::Step::row) kept.emplace_back(query.text(0));
  }
  ALJ_TRY(connection_.execute("DROP TABLE IF EXISTS " + identifier(table), doing));
  ALJ_TRY(connection_.execute("ALTER TABLE " + identifier(staging.name) + " RENAME TO " + identifier(table), doing));
  for (const auto& sql : kept) {
    if (auto made = connection_.execute(sql, doing); !made) {
      return fail(Code::target_mismatch, "An index or a trigger of " + table + " does not fit the new table", std::string(made.error().message()), "drop it, load, and make it anew");
    }
  }
  ALJ_TRY(index_references(connection_, staging, table));
  return was_logged ? add_triggers(connection_, table) : Result<void>();
}

Result<void> Target::merge(const model::Table& staging, const model::Table& table, model::Mode mode) {
  std::string sql = "INSERT INTO " + identifier(table.name) + " (" + all_names(staging) + ") SELECT " + all_names(staging) + " FROM " +
                    identifier(staging.name) + " WHERE true ORDER BY rowid";
  if (mode == model::Mode::upsert) {
    std::string changes;
    for (std::size_t i = 0; i < staging.columns.size(); ++i) {
      if (std::ranges::find(staging.primary_key, i) != staging.primary_key.end()) continue;
      const auto name = identifier(staging.columns[i].name);
      changes += (changes.empty() ? "" : ", ") + name + " = excluded." + name;
    }
    sql += " ON CONFLICT (" + names_of(staging, staging.primary_key) + ") DO " + (changes.empty() ? "NOTHING" : "UPDATE SET " + changes);
  }
  // Millions of rows are not told one by one: the schema version says that everything may be new.
  const bool was_logged = ALJ_TRY(remove_triggers(connection_, table.name));
  ALJ_TRY(connection_.execute(sql, "adding rows to " + table.name));
  if (was_logged) ALJ_TRY(add_triggers(connection_, table.name));
  return connection_.execute("DROP TABLE " + identifier(staging.name), doing);
}

Result<std::vector<Target::Conflict>> Target::conflicts(const model::Table& staging, const model::Table& table) {
  std::vector<Conflict> found;
  std::unordered_set<std::int64_t> seen;
  for (const auto& key : common_keys(staging, table)) {
    std::string same;
    for (const auto& name : key) same += (same.empty() ? "" : " AND ") + ("t." + identifier(name)) + " = s." + identifier(name);
    auto query = ALJ_TRY(connection_.prepare("SELECT s.rowid, aljibe_source, aljibe_record, aljibe_line, aljibe_from, aljibe_to FROM " + identifier(staging.name) +
                                                 " s WHERE EXISTS (SELECT 1 FROM " + identifier(table.name) + " t WHERE " + same + ") ORDER BY s.rowid", doing));
    const auto count = [&query](int column) { return static_cast<std::uint64_t>(query.integer(column)); };
    while (ALJ_TRY(query.step()) == Statement::Step::row) {
      const std::int64_t row = query.integer(0);
      if (!seen.insert(row).second) continue;
      std::string names;
      for (const auto& name : key) names += (names.empty() ? "" : ", ") + name;
      found.push_back({row, query.integer(1), {count(2), count(3), count(4), count(5)}, names});
    }
  }
  std::ranges::sort(found, {}, [](const Conflict& conflict) { return std::pair(conflict.source, conflict.position.byte_from); });
  return found;
}

Result<void> Target::remove(const model::Table& staging, const std::vector<Conflict>& rows) {
  auto query = ALJ_TRY(connection_.prepare("DELETE FROM " + identifier(staging.name) + " WHERE rowid = ?", doing));
  for (const auto& row : rows) {
    query.bind(1, row.row);
    ALJ_TRY(query.run());
  }
  return {};
}

}  // namespace aljibe::store::sqlite
