#include "store/sqlite/introspect.h"

#include <algorithm>
#include <utility>

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "reading the schema";

/// Runs `sql` with the table's name as its parameter and gives each row to `take`.
template <class Take>
Result<void> each_row(Connection& connection, std::string_view sql, std::string_view name, Take take) {
  auto statement = ALJ_TRY(connection.prepare(sql, doing));
  if (!name.empty()) statement.bind(1, name);
  while (ALJ_TRY(statement.step()) == Statement::Step::row) take(statement);
  return {};
}

Result<void> read_columns(Connection& connection, model::Table& table) {
  std::vector<std::pair<std::int64_t, std::size_t>> key;  // place in the key, column
  // hidden: 1 is a hidden column of a virtual table, 2 and 3 are generated columns.
  ALJ_TRY(each_row(connection, R"(SELECT name, type, "notnull", dflt_value IS NOT NULL, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid)", table.name,
                   [&](const Statement& row) {
                     if (row.integer(4) > 0) key.emplace_back(row.integer(4), table.columns.size());
                     table.columns.push_back({.name = std::string(row.text(0)),
                                              .type = model::type_from_declared(row.text(1)),
                                              .nullable = row.integer(2) == 0,
                                              .has_default = row.integer(3) != 0,
                                              .is_typed = !row.text(1).empty()});
                   }));
  std::ranges::sort(key);
  for (const auto& [place, column] : key) table.primary_key.push_back(column);
  // An INTEGER PRIMARY KEY is the rowid: never null, whatever was declared.
  if (table.primary_key.size() == 1 && table.columns[table.primary_key[0]].type.kind == model::Kind::integer) {
    table.columns[table.primary_key[0]].nullable = false;
  }
  return {};
}

Result<void> read_foreign_keys(Connection& connection, model::Table& table) {
  std::int64_t current = -1;
  return each_row(connection, R"(SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq)", table.name, [&](const Statement& row) {
    if (row.integer(0) != current) {
      current = row.integer(0);
      table.foreign_keys.push_back({.table = std::string(row.text(1))});
    }
    table.foreign_keys.back().columns.emplace_back(row.text(2));
    if (!row.is_null(3)) table.foreign_keys.back().target_columns.emplace_back(row.text(3));
  });
}

Result<void> read_unique_keys(Connection& connection, model::Table& table) {
  std::vector<std::string> indexes;
  ALJ_TRY(each_row(connection, R"(SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial AND origin <> 'pk' ORDER BY name)", table.name,
                   [&](const Statement& row) { indexes.emplace_back(row.text(0)); }));
  for (const auto& index : indexes) {
    std::vector<std::size_t> columns;
    bool plain = true;
    ALJ_TRY(each_row(connection, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", index, [&](const Statement& row) {
      const auto column = table.find(row.text(0));  // an expression has no name
      plain = plain && column.has_value();
      columns.push_back(column.value_or(0));
    }));
    if (plain) table.unique_keys.push_back(std::move(columns));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const model::Catalogue>> introspect(Connection& connection) {
  auto catalogue = std::make_shared<model::Catalogue>();
  catalogue->schema_version = static_cast<std::uint64_t>(ALJ_TRY(connection.query_integer("PRAGMA schema_version", doing)));
  ALJ_TRY(each_row(connection, R"(SELECT name, type = 'view' FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'
                                  AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'aljibe\_%' ESCAPE '\' ORDER BY name COLLATE BINARY)", "",
                   [&](const Statement& row) {
                     catalogue->tables.push_back(
                         {.name = std::string(row.text(0)), .relation = row.integer(1) != 0 ? model::Relation::view : model::Relation::table});
                   }));
  for (auto& table : catalogue->tables) {
    ALJ_TRY(read_columns(connection, table));
    ALJ_TRY(read_foreign_keys(connection, table));
    ALJ_TRY(read_unique_keys(connection, table));
  }
  return catalogue;
}

}  // namespace aljibe::store::sqlite
