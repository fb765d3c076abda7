// The log is one table, and triggers write it:
//
//   id    source     kind  width  nonce   c0 c1 …
//   17    products   1     3      random  the new row
//   18    products   2     3      random  the old row, the new row
//   19    products   3     3      random  the old row
//   20    products   4     3      random  a row that is gone if the insert was made
//   21    products   4     0      random  some row is gone if the insert was made; it cannot be told which
//   22    NULL       6     0      random  a commit of our own
//   23    NULL       7     0      random  something may have changed that the log does not tell
//
// Its value columns have no declared type, so that each value keeps its storage class. Ids are given in the order of the
// commits, as SQLite has one writer at a time, and none is given twice, as the last row is never removed. (AUTOINCREMENT would
// say the same, for a sixth of an insert's time.) In another copy of the file they may come again, and after a commit that a failure
// of power took: the nonce, which the column's default draws, does not.
//
// INSERT OR REPLACE and UPDATE OR REPLACE remove rows for which no trigger fires, unless the writer's connection has
// recursive_triggers on. Triggers that run before therefore log every row that has a key of the new one. What they log
// counts only if the insert or the update follows in the log: OR IGNORE and upserts leave the row where it is.
//
// Triggers call no functions, but for random() in that default: what another program has switched off or replaced must not make its changes fail.
#include "store/sqlite/changelog_sql.h"

#include <algorithm>
#include <array>

#include "base/seeded.h"
#include "base/text.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "reading the schema";
constexpr std::array<std::string_view, 3> rowid_names{"rowid", "_rowid_", "oid"};

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char byte : text) {
    if (byte == '\'') quoted += '\'';
    quoted += byte;
  }
  return quoted + "'";
}

std::string values(const LoggedTable& table, std::string_view row) {
  std::string text;
  for (const auto& column : table.columns) text += ", " + std::string(row) + "." + identifier(column);
  return text;
}

/// The beginning of a statement that logs; what follows gives the values, behind what is the same for all.
std::string into_log(const LoggedTable& table, LogKind kind, std::size_t values_count, std::string_view with) {
  std::string sql = "INSERT INTO " + std::string(log_table) + " (source, kind, width";
  for (std::size_t i = 0; i < values_count; ++i) sql += ", c" + std::to_string(i);
  const auto width = values_count == 0 ? 0 : table.columns.size();
  return sql + ") " + std::string(with) + literal(table.name) + ", " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(width);
}

Trigger trigger(const LoggedTable& table, std::string_view what, const std::string& when, const std::string& body) {
  const auto name = std::string(log_table) + "_" + std::string(what) + "_" + table.name;
  return {.name = name, .sql = "CREATE TRIGGER " + identifier(name) + " " + when + " ON " + identifier(table.name) + " BEGIN " + body + "END"};
}

/// Logs the rows that have the new row's key.
std::string log_conflict(const LoggedTable& table, LogKind kind, const std::string& condition) {
  return into_log(table, kind, table.columns.size(), "SELECT ") + values(table, "kept") + " FROM " + identifier(table.name) + " AS kept WHERE " + condition + "; ";
}

std::string has_key(const LoggedTable::Key& key) {
  std::string text;
  for (const auto& column : key.columns) {
    text += (text.empty() ? "" : " AND ") + ("kept." + identifier(column.name)) + " = NEW." + identifier(column.name) + " COLLATE " + identifier(column.collation);
  }
  return text;
}

/// Which row it will be is known only when SQLite has put the default there.
std::string log_defaults(const LoggedTable& table, LogKind kind) {
  std::string nulls;
  for (const auto& key : table.keys) {
    for (const auto& column : key.columns) {
      if (column.may_become_default) nulls += (nulls.empty() ? "NEW." : " OR NEW.") + identifier(column.name) + " IS NULL";
    }
  }
  return nulls.empty() ? "" : into_log(table, kind, 0, "SELECT ") + " WHERE " + nulls + "; ";
}

std::string log_conflicts(const LoggedTable& table, LogKind kind, const std::string& but) {
  std::string body;
  if (!table.rowid.empty()) body += log_conflict(table, kind, "kept." + table.rowid + " = NEW." + table.rowid + but);
  for (const auto& key : table.keys) body += log_conflict(table, kind, has_key(key) + but);
  return body + log_defaults(table, kind);
}

/// So that an update does not tell the row that it changes as another one.
std::string not_itself(const LoggedTable& table) {
  if (!table.rowid.empty()) return " AND kept." + table.rowid + " <> OLD." + table.rowid;
  const auto primary = std::ranges::find_if(table.keys, &LoggedTable::Key::is_primary);
  if (table.has_rowid || primary == table.keys.end()) return "";
  std::string text;
  for (const auto& column : primary->columns) {
    text += (text.empty() ? "" : " AND ") + ("kept." + identifier(column.name)) + " = OLD." + identifier(column.name) + " COLLATE " + identifier(column.collation);
  }
  return " AND NOT (" + text + ")";
}

/// The columns whose update can meet another row. The rowid can be set by its own names, whatever the key is called.
std::string key_columns(const LoggedTable& table) {
  std::string text;
  const auto add = [&text](const std::string& name) { text += (text.empty() ? "" : ", ") + name; };
  if (!table.rowid.empty()) add(table.rowid);
  for (const auto name : rowid_names) {
    if (table.has_rowid && name != table.rowid) add(std::string(name));
  }
  for (const auto& key : table.keys) {
    for (const auto& column : key.columns) add(identifier(column.name));
  }
  return text;
}

struct Column {
  std::string name;
  bool may_become_default = false;
};

Result<bool> is_ordinary(Connection& connection, std::string_view table) {
  auto query = ALJ_TRY(connection.prepare("SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND type = 'table'", doing));
  query.bind(1, table);
  return ALJ_TRY(query.step()) == Statement::Step::row;
}

/// A trigger that runs after a change and raises IGNORE keeps the change and ours from running.
Result<bool> has_triggers_that_hide(Connection& connection, std::string_view table) {
  auto query = ALJ_TRY(connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE AND sql LIKE '%after%' AND sql LIKE '%ignore%' AND name NOT GLOB 'aljibe_changes_*'", doing));
  query.bind(1, table);
  return ALJ_TRY(query.step()) == Statement::Step::row;
}

/// False when there are columns that triggers cannot tell: generated ones.
Result<bool> read_columns(Connection& connection, LoggedTable& table, std::vector<Column>& columns) {
  auto query = ALJ_TRY(connection.prepare(R"(SELECT name, "notnull" AND dflt_value IS NOT NULL, hidden FROM pragma_table_xinfo(?) ORDER BY cid)", doing));
  query.bind(1, std::string_view(table.name));
  bool can_be_told = true;
  while (ALJ_TRY(query.step()) == Statement::Step::row) {
    can_be_told = can_be_told && query.integer(2) == 0;
    columns.push_back({.name = std::string(query.text(0)), .may_become_default = query.integer(1) != 0});
    table.columns.emplace_back(query.text(0));
  }
  return can_be_told && !columns.empty() && columns.size() <= logged_columns_max;
}

/// False when the index is on an expression.
Result<bool> read_key(Connection& connection, std::string_view index, const std::vector<Column>& columns, LoggedTable::Key& key) {
  auto query = ALJ_TRY(connection.prepare("SELECT cid, coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno", doing));
  query.bind(1, index);
  while (ALJ_TRY(query.step()) == Statement::Step::row) {
    if (query.integer(0) < 0) return false;
    const auto& column = columns[static_cast<std::size_t>(query.integer(0))];
    key.columns.push_back({.name = column.name, .collation = std::string(query.text(1)), .may_become_default = column.may_become_default});
  }
  return !key.columns.empty();
}

/// False when a key cannot be looked for.
Result<bool> read_keys(Connection& connection, LoggedTable& table, const std::vector<Column>& columns) {
  auto query = ALJ_TRY(connection.prepare(R"(SELECT name, origin = 'pk', partial FROM pragma_index_list(?) WHERE "unique" ORDER BY origin <> 'pk', name)", doing));
  query.bind(1, std::string_view(table.name));
  while (ALJ_TRY(query.step()) == Statement::Step::row) {
    if (query.integer(2) != 0) return false;
    auto& key = table.keys.emplace_back(LoggedTable::Key{.is_primary = query.integer(1) != 0, .columns = {}});
    if (!ALJ_TRY(read_key(connection, query.text(0), columns, key))) return false;
  }
  return true;
}

/// The column that is the rowid, as a primary key without an index is; else a name that no column has.
Result<void> read_rowid(Connection& connection, LoggedTable& table) {
  auto query = ALJ_TRY(connection.prepare("SELECT wr, (SELECT name FROM pragma_table_xinfo(?1) WHERE pk = 1) FROM pragma_table_list(?1) WHERE schema = 'main'", doing));
  query.bind(1, std::string_view(table.name));
  if (ALJ_TRY(query.step()) == Statement::Step::done) return {};
  table.has_rowid = query.integer(0) == 0;
  if (!table.has_rowid) return {};
  if (!query.is_null(1) && std::ranges::none_of(table.keys, &LoggedTable::Key::is_primary)) {
    table.rowid = identifier(query.text(1));
    return {};
  }
  const auto is_free = [&table](std::string_view name) { return std::ranges::none_of(table.columns, [name](const auto& column) { return equal_ignoring_case(column, name); }); };
  const auto* const name = std::ranges::find_if(rowid_names, is_free);
  if (name != rowid_names.end()) table.rowid = *name;
  return {};
}

}  // namespace

std::string log_definition(std::size_t values_count) {
  std::string sql = "CREATE TABLE " + std::string(log_table) + " (id INTEGER PRIMARY KEY, source TEXT, kind INTEGER, width INTEGER, nonce INTEGER DEFAULT (random())";
  for (std::size_t i = 0; i < values_count; ++i) sql += ", c" + std::to_string(i) + (seeded(Bug::log_loses_storage_class) ? " TEXT" : "");
  return sql + ")";
}

Result<std::optional<std::size_t>> log_width(Connection& connection) {
  auto query = ALJ_TRY(connection.prepare("SELECT sql, (SELECT count(*) FROM pragma_table_info(?1)) FROM sqlite_schema WHERE type = 'table' AND name = ?1", doing));
  query.bind(1, log_table);
  if (ALJ_TRY(query.step()) == Statement::Step::done) return std::optional<std::size_t>();
  constexpr std::size_t others = 5;
  const auto count = static_cast<std::size_t>(query.integer(1));
  if (count < others || query.text(0) != log_definition(count - others)) return std::optional<std::size_t>();
  return std::optional(count - others);
}

std::string record_definition() { return "CREATE TABLE " + std::string(record_table) + " (schema_version INTEGER, identity BLOB, secret BLOB)"; }

Result<std::optional<std::int64_t>> recorded_schema(Connection& connection) {
  {
    auto query = ALJ_TRY(connection.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", doing));
    query.bind(1, record_table);
    if (ALJ_TRY(query.step()) == Statement::Step::done || query.text(0) != record_definition()) return std::optional<std::int64_t>();
  }
  auto query = ALJ_TRY(connection.prepare("SELECT schema_version FROM " + std::string(record_table) + " WHERE length(identity) = 16 AND length(secret) = 32", doing));
  if (ALJ_TRY(query.step()) == Statement::Step::done) return std::optional<std::int64_t>();
  return std::optional(query.integer(0));
}

Result<std::optional<LoggedTable>> read_logged_table(Connection& connection, std::string_view table) {
  LoggedTable logged{.name = std::string(table)};
  std::vector<Column> columns;
  const bool can_be_logged = ALJ_TRY(is_ordinary(connection, table)) && !ALJ_TRY(has_triggers_that_hide(connection, table)) &&
                             ALJ_TRY(read_columns(connection, logged, columns)) && ALJ_TRY(read_keys(connection, logged, columns));
  if (!can_be_logged) return std::optional<LoggedTable>();
  ALJ_TRY(read_rowid(connection, logged));
  return std::optional(std::move(logged));
}

std::vector<Trigger> triggers_of(const LoggedTable& table) {
  const auto count = table.columns.size();
  std::vector<Trigger> triggers;
  const auto log = [&](std::string_view what, const std::string& when, const std::string& body) { triggers.push_back(trigger(table, what, when, body)); };
  log("inserted", "AFTER INSERT", into_log(table, LogKind::inserted, count, "VALUES (") + values(table, "NEW") + "); ");
  log("updated", "AFTER UPDATE", into_log(table, LogKind::updated, 2 * count, "VALUES (") + values(table, seeded(Bug::update_without_old_row) ? "NEW" : "OLD") + values(table, "NEW") + "); ");
  log("removed", "AFTER DELETE", into_log(table, LogKind::removed, count, "VALUES (") + values(table, "OLD") + "); ");
  const auto insert = log_conflicts(table, LogKind::replaced_by_insert, "");
  if (insert.empty() || seeded(Bug::replaced_rows_untold)) return triggers;
  log("inserting", "BEFORE INSERT", insert);
  log("updating", "BEFORE UPDATE OF " + key_columns(table), log_conflicts(table, LogKind::replaced_by_update, not_itself(table)));
  return triggers;
}

}  // namespace aljibe::store::sqlite
