#include "store/sqlite/introspect.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "store/sqlite/changelog.h"
#include "store/sqlite/schema_text.h"

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

enum class Affinity : std::uint8_t { text, number, none };

/// SQLite's rules for declared types, in their order (sqlite.org/datatype3.html §3.1). ANY is a number only outside of STRICT tables.
Affinity affinity_of(std::string_view declared) {
  const auto lower = to_lower(declared);
  if (lower.contains("int")) return Affinity::number;
  if (lower.contains("char") || lower.contains("clob") || lower.contains("text")) return Affinity::text;
  if (lower.contains("blob") || lower.empty() || lower == "any") return Affinity::none;
  return Affinity::number;
}

model::Comparing comparing_of(Connection& connection, const std::string& table, const std::string& column, std::string_view declared, model::Kind kind) {
  using model::Kind;
  const char* collation = nullptr;
  const int found = sqlite3_table_column_metadata(connection.handle(), "main", table.c_str(), column.c_str(), nullptr, &collation, nullptr, nullptr, nullptr);
  if (found != SQLITE_OK || collation == nullptr || !equal_ignoring_case(collation, "BINARY")) return model::Comparing::unknown;
  const auto affinity = affinity_of(declared);
  const bool is_number = kind == Kind::integer || kind == Kind::decimal || kind == Kind::real || kind == Kind::boolean;
  if (is_number && affinity == Affinity::number) return model::Comparing::numbers;
  if (kind == Kind::date || (kind == Kind::text && affinity == Affinity::text)) return model::Comparing::bytes;
  return kind == Kind::json ? model::Comparing::unknown : model::Comparing::stored;  // JSON is ordered by its meaning
}

Result<void> read_columns(Connection& connection, model::Table& table) {
  std::vector<std::pair<std::int64_t, std::size_t>> key;  // place in the key, column
  // hidden: 1 is a hidden column of a virtual table, 2 and 3 are generated columns.
  ALJ_TRY(each_row(connection, R"(SELECT name, type, "notnull", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid)", table.name,
                   [&](const Statement& row) {
                     if (row.integer(4) > 0) key.emplace_back(row.integer(4), table.columns.size());
                     table.columns.push_back({.name = std::string(row.text(0)),
                                              .type = model::type_from_declared(row.text(1)),
                                              .nullable = row.integer(2) == 0,
                                              .has_default = row.integer(3) != 0,
                                              .is_typed = !row.text(1).empty()});
                     if (table.relation == model::Relation::view || row.integer(5) != 0) return;
                     auto& column = table.columns.back();
                     column.comparing = comparing_of(connection, table.name, column.name, row.text(1), column.type.kind);
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

/// The catalogue's own table or column of this name, which SQLite compares without case.
model::Table* find_table(model::Catalogue& catalogue, std::string_view name) {
  const auto found = std::ranges::find_if(catalogue.tables, [&](const model::Table& table) { return equal_ignoring_case(table.name, name); });
  return found == catalogue.tables.end() ? nullptr : &*found;
}
std::optional<std::size_t> find_column(const model::Table& table, std::string_view name) {
  const auto found = std::ranges::find_if(table.columns, [&](const model::Column& column) { return equal_ignoring_case(column.name, name); });
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

/// What the statement that made a table says.
using Texts = std::map<std::string, std::string, std::less<>>;

/// Names as the catalogue has them; keys that point to no columns point to the primary key; and a name of their own, that of
/// the constraint or the one that PostgreSQL would give.
void complete_foreign_keys(model::Catalogue& catalogue, model::Table& table, std::string_view sql) {
  auto names = foreign_key_names(sql);
  std::ranges::reverse(names);  // SQLite numbers the last one 0
  const bool is_named = names.size() == table.foreign_keys.size();
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
    auto& key = table.foreign_keys[i];
    for (auto& name : key.columns) {
      if (const auto column = find_column(table, name)) name = table.columns[*column].name;
    }
    if (const auto* const target = find_table(catalogue, key.table)) {
      key.table = target->name;
      if (key.target_columns.empty()) {
        for (const auto column : target->primary_key) key.target_columns.push_back(target->columns[column].name);
      }
      for (auto& name : key.target_columns) {
        if (const auto column = find_column(*target, name)) name = target->columns[*column].name;
      }
    }
    if (is_named) key.name = names[i];
    if (!key.name.empty()) continue;
    key.name = table.name;
    for (const auto& name : key.columns) key.name += "_" + name;
    key.name += "_fkey";
  }
}

/// Where a view's columns come from. A view that cannot be prepared shows nothing of others.
void read_origins(Connection& connection, const model::Catalogue& catalogue, model::Table& view) {
  const auto statement = connection.prepare("SELECT * FROM " + identifier(view.name) + " LIMIT 0", doing);
  if (!statement || static_cast<std::size_t>(statement->columns_count()) != view.columns.size()) return;
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const int index = static_cast<int>(i);
    const auto* const table = sqlite3_column_table_name(statement->handle(), index);
    const auto* const column = sqlite3_column_origin_name(statement->handle(), index);
    auto& origin = view.origins.emplace_back();
    if (table == nullptr || column == nullptr) continue;
    const auto* const base = catalogue.find(table);
    if (base != nullptr && base->find(column)) origin = {.table = table, .column = column};
  }
}

/// The view's column for each of the base table's, or nothing when one is not shown.
template <class Names>
std::optional<std::vector<std::size_t>> shown(const model::Table& view, const model::Table& base, const Names& columns) {
  std::vector<std::size_t> places;
  for (const auto column : columns) {
    const auto found = std::ranges::find(view.origins, std::optional(model::Origin{base.name, base.columns[column].name}));
    if (found == view.origins.end()) return std::nullopt;
    places.push_back(static_cast<std::size_t>(found - view.origins.begin()));
  }
  return places;
}

/// Foreign keys are followed from wherever their columns are shown.
void copy_foreign_keys(const model::Catalogue& catalogue, model::Table& view) {
  for (const auto& base : catalogue.tables) {
    for (const auto& key : base.foreign_keys) {
      std::vector<std::size_t> columns;
      for (const auto& name : key.columns) columns.push_back(base.find(name).value_or(0));
      const auto places = base.relation == model::Relation::table ? shown(view, base, columns) : std::nullopt;
      if (!places) continue;
      auto copy = key;
      for (std::size_t i = 0; i < places->size(); ++i) copy.columns[i] = view.columns[(*places)[i]].name;
      view.foreign_keys.push_back(std::move(copy));
    }
  }
}

/// Keys stay keys where a view shows each row of one table at most once.
void copy_keys(model::Catalogue& catalogue, const Texts& texts, model::Table& view) {
  constexpr int views_inside_each_other_max = 20;
  const auto* base = &view;
  for (int i = 0; base != nullptr && base->relation == model::Relation::view && i < views_inside_each_other_max; ++i) {
    const auto sql = texts.find(base->name);
    const auto name = sql == texts.end() ? std::nullopt : projected_table(sql->second);
    base = name ? find_table(catalogue, *name) : nullptr;
  }
  if (base == nullptr || base->relation == model::Relation::view) return;
  for (std::size_t i = 0; i < view.origins.size(); ++i) {
    if (view.origins[i] && view.origins[i]->table == base->name) view.columns[i].nullable = base->columns[*base->find(view.origins[i]->column)].nullable;
  }
  if (auto key = shown(view, *base, base->primary_key)) view.primary_key = std::move(*key);
  for (const auto& unique : base->unique_keys) {
    if (auto key = shown(view, *base, unique)) view.unique_keys.push_back(std::move(*key));
  }
}

/// An FTS5 table is an index of its own columns, and of those of the table whose content it indexes.
void read_text_index(model::Catalogue& catalogue, model::Table& table, std::string_view sql, const std::vector<std::string>& without_rowid) {
  const auto arguments = fts5_arguments(sql);
  if (!arguments) return;
  const auto add = [&](model::Table& indexed, std::string key) {
    model::TextIndex index{.name = table.name, .key = std::move(key)};
    for (const auto& name : arguments->columns) {
      const auto column = find_column(indexed, name);
      if (!column) continue;
      index.columns.push_back(*column);
      index.index_columns.push_back(name);
    }
    if (!index.columns.empty()) indexed.text_indexes.push_back(std::move(index));
  };
  add(table, "");
  auto* const content = arguments->content ? find_table(catalogue, *arguments->content) : nullptr;
  if (content == nullptr || content == &table) return;
  const auto key = find_column(*content, arguments->content_rowid);
  const bool has_rowid = content->relation == model::Relation::table && std::ranges::find(without_rowid, content->name) == without_rowid.end();
  if (key || has_rowid) add(*content, key ? content->columns[*key].name : "");
}

}  // namespace

std::uint64_t schema_stamp(std::uint32_t generation, std::int64_t schema_version) {
  return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(schema_version);
}

Result<std::shared_ptr<const model::Catalogue>> introspect(Connection& connection, std::uint32_t generation) {
  auto catalogue = std::make_shared<model::Catalogue>();
  catalogue->schema_version = schema_stamp(generation, ALJ_TRY(connection.query_integer("PRAGMA schema_version", doing)));
  ALJ_TRY(each_row(connection, R"(SELECT name, type = 'view', wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow'
                                  AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'aljibe\_%' ESCAPE '\' ORDER BY name COLLATE BINARY)", "",
                   [&](const Statement& row) {
                     const bool is_view = row.integer(1) != 0;
                     catalogue->tables.push_back({.name = std::string(row.text(0)),
                                                  .relation = is_view ? model::Relation::view : model::Relation::table,
                                                  .has_rowid = !is_view && row.integer(2) == 0});
                   }));
  for (auto& table : catalogue->tables) {
    ALJ_TRY(read_columns(connection, table));
    ALJ_TRY(read_foreign_keys(connection, table));
    ALJ_TRY(read_unique_keys(connection, table));
  }
  Texts texts;
  ALJ_TRY(each_row(connection, "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view')", "", [&](const Statement& row) { texts.emplace(row.text(0), row.text(1)); }));
  ALJ_TRY(each_row(connection, "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name NOT GLOB 'aljibe_changes_*'", "", [&](const Statement& row) {
    if (auto* const table = find_table(*catalogue, row.text(0))) table->has_triggers = true;
  }));
  std::vector<std::string> without_rowid;
  ALJ_TRY(each_row(connection, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr", "", [&](const Statement& row) { without_rowid.emplace_back(row.text(0)); }));
  for (auto& table : catalogue->tables) complete_foreign_keys(*catalogue, table, texts[table.name]);
  for (auto& table : catalogue->tables) {
    if (table.relation == model::Relation::view) {
      read_origins(connection, *catalogue, table);
      copy_foreign_keys(*catalogue, table);
      copy_keys(*catalogue, texts, table);
    }
    read_text_index(*catalogue, table, texts[table.name], without_rowid);
  }
  ALJ_TRY(mark_logged(connection, *catalogue));
  return catalogue;
}

}  // namespace aljibe::store::sqlite
