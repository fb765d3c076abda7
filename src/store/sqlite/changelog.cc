// The triggers of a table count only as exactly the text that would be written today. Whatever else has happened to them or to
// the table (a column added or renamed, a trigger dropped, a version of this program that wrote others), the table is not
// logged until start_log has mended it. Every such change changes the schema version too, so that readers notice.
#include "store/sqlite/changelog.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "store/sqlite/changelog_sql.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "setting up the log of changes";
constexpr std::chrono::milliseconds setting_up_patience{2'000};

using Texts = std::map<std::string, std::string, std::less<>>;

/// Ours, by their names.
Result<Texts> triggers_there(Connection& connection) {
  auto query = ALJ_TRY(connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'aljibe_changes_*'", doing));
  Texts texts;
  while (ALJ_TRY(query.step()) == Statement::Step::row) texts.emplace(query.text(0), query.text(1));
  return texts;
}

Result<std::vector<std::string>> tables_there(Connection& connection) {
  auto query = ALJ_TRY(connection.prepare(R"(SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
                                             AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'aljibe\_%' ESCAPE '\' ORDER BY name)", doing));
  std::vector<std::string> names;
  while (ALJ_TRY(query.step()) == Statement::Step::row) names.emplace_back(query.text(0));
  return names;
}

/// What should be there.
struct Wanted {
  std::size_t width = 0;
  Texts triggers;
};

Result<Wanted> wanted(Connection& connection) {
  Wanted all;
  for (const auto& name : ALJ_TRY(tables_there(connection))) {
    const auto table = ALJ_TRY(read_logged_table(connection, name));
    if (!table) continue;
    all.width = std::max(all.width, 2 * table->columns.size());
    for (auto& trigger : triggers_of(*table)) all.triggers.emplace(std::move(trigger.name), std::move(trigger.sql));
  }
  return all;
}

/// Statements that make a log of that width in the place of what is there. Its ids go on where the old one's ended; the first
/// row is a note, so that there is a place from which readers can go on.
std::vector<std::string> make_log(Connection& connection, std::size_t width) {
  const auto last = connection.query_integer("SELECT max(id) FROM " + std::string(log_table), doing);  // fails when it is no log
  const auto first = std::to_string((last ? *last : 0) + 1);
  const std::string name(log_table);
  return {"DROP TABLE IF EXISTS " + name, log_definition(width),
          "INSERT INTO " + name + " (id, kind) VALUES (" + first + ", " + std::to_string(static_cast<int>(LogKind::note)) + ")"};
}

/// The statements that are still to be run.
Result<std::vector<std::string>> missing(Connection& connection) {
  const auto all = ALJ_TRY(wanted(connection));
  const auto there = ALJ_TRY(triggers_there(connection));
  const auto width = ALJ_TRY(log_width(connection));
  std::vector<std::string> statements;
  if (all.width > 0 && width.value_or(0) < all.width) statements = make_log(connection, all.width);
  for (const auto& [name, sql] : there) {
    const auto found = all.triggers.find(name);
    if (found == all.triggers.end() || found->second != sql) statements.push_back("DROP TRIGGER " + identifier(name));
  }
  for (const auto& [name, sql] : all.triggers) {
    const auto found = there.find(name);
    if (found == there.end() || found->second != sql) statements.push_back(sql);
  }
  return statements;
}

Result<std::vector<std::string>> all_of_it(Connection& connection) {
  std::vector<std::string> statements;
  for (const auto& [name, sql] : ALJ_TRY(triggers_there(connection))) statements.push_back("DROP TRIGGER " + identifier(name));
  const auto tables = ALJ_TRY(connection.query_integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'aljibe_changes'", doing));
  if (tables > 0) statements.push_back("DROP TABLE " + std::string(log_table));
  return statements;
}

using Plan = Result<std::vector<std::string>>(Connection& connection);

Result<void> run_all(Connection& connection, const std::vector<std::string>& statements) {
  for (const auto& sql : statements) ALJ_TRY(connection.execute(sql, doing));
  return {};
}

/// Looks without a lock first, as mostly nothing is to be done. What fails is undone with the connection.
Result<void> carry_out(Connection& connection, Plan* plan) {
  ALJ_TRY(connection.execute("BEGIN", doing));
  const bool is_done = ALJ_TRY(plan(connection)).empty();
  ALJ_TRY(connection.execute("COMMIT", doing));
  if (is_done) return {};
  ALJ_TRY(connection.execute("BEGIN IMMEDIATE", doing));
  const auto statements = ALJ_TRY(plan(connection));
  ALJ_TRY(run_all(connection, statements));
  return connection.execute("COMMIT", doing);
}

Error of_logging(Error error, const std::string& path) {
  if (error.code() == Code::target_busy) return Error(Code::database_busy);
  if (error.code() == Code::file_unwritable) return Error(Code::file_unwritable, "The database can only be read: its changes are not logged", path);
  return error;
}

Result<void> change_log(const std::string& path, Plan* plan) {
  auto connection = open_to_log(path, setting_up_patience);
  auto done = connection ? carry_out(*connection, plan) : Result<void>(std::unexpected(connection.error()));
  if (!done) return std::unexpected(of_logging(std::move(done.error()), path));
  return done;
}

}  // namespace

Result<Connection> open_to_log(const std::string& path, std::chrono::milliseconds patience) {
  auto connection = ALJ_TRY(Connection::open(path, Access::read_write));
  sqlite3_busy_timeout(connection.handle(), static_cast<int>(patience.count()));
  return connection;
}

Result<void> start_log(const std::string& path) { return change_log(path, missing); }
Result<void> stop_log(const std::string& path) { return change_log(path, all_of_it); }

Result<void> mark_logged(Connection& connection, model::Catalogue& catalogue) {
  const auto width = ALJ_TRY(log_width(connection));
  if (!width) return {};
  const auto there = ALJ_TRY(triggers_there(connection));
  const auto is_there = [&there](const Trigger& trigger) {
    const auto found = there.find(trigger.name);
    return found != there.end() && found->second == trigger.sql;
  };
  for (auto& table : catalogue.tables) {
    const auto logged = ALJ_TRY(read_logged_table(connection, table.name));
    table.is_logged = logged && 2 * logged->columns.size() <= *width && std::ranges::all_of(triggers_of(*logged), is_there);
  }
  return {};
}

Result<bool> remove_triggers(Connection& connection, std::string_view table) {
  std::vector<std::string> statements;
  {
    auto query = ALJ_TRY(connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE AND name GLOB 'aljibe_changes_*'", doing));
    query.bind(1, table);
    while (ALJ_TRY(query.step()) == Statement::Step::row) statements.push_back("DROP TRIGGER " + identifier(query.text(0)));
  }
  ALJ_TRY(run_all(connection, statements));
  return !statements.empty();
}

Result<void> add_triggers(Connection& connection, std::string_view table) {
  const auto width = ALJ_TRY(log_width(connection));
  const auto logged = ALJ_TRY(read_logged_table(connection, table));
  if (!logged || width.value_or(0) < 2 * logged->columns.size()) return {};
  for (const auto& trigger : triggers_of(*logged)) ALJ_TRY(connection.execute(trigger.sql, doing));
  return {};
}

void note(Connection& connection) {
  auto put = connection.prepare("INSERT INTO " + std::string(log_table) + " (kind) VALUES (" + std::to_string(static_cast<int>(LogKind::note)) + ")", doing);
  // Without a log there is nothing to explain; a commit that is not explained is only looked at more closely.
  if (put) static_cast<void>(put->run());
}

}  // namespace aljibe::store::sqlite
