// The triggers of a table count only as exactly the text that would be written today. Whatever else has happened to them or to
// the table (a column added or renamed, a trigger dropped, a version of this program that wrote others), the table is not
// logged until start_log has mended it. Every such change changes the schema version too, so that readers notice.
#include "store/sqlite/changelog.h"

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/sqlite/changelog_sql.h"

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "setting up the log of changes";
constexpr std::chrono::milliseconds setting_up_patience{2'000};
/// A request waits for it, and whoever comes next can do it as well.
constexpr std::chrono::milliseconds breaking_patience{20};
constexpr std::size_t identity_bytes = 16;
constexpr std::size_t secret_bytes = 32;

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

std::string put(std::string_view columns, const std::string& values) { return "INSERT INTO " + std::string(log_table) + " (" + std::string(columns) + ") VALUES (" + values + ")"; }
std::string number_of(LogKind kind) { return std::to_string(static_cast<int>(kind)); }

/// Statements that make a log of that width in the place of what is there. Its ids go on where the old one's ended; a broken row
/// comes first.
std::vector<std::string> make_log(Connection& connection, std::size_t width) {
  const auto last = connection.query_integer("SELECT max(id) FROM " + std::string(log_table), doing);  // fails when it is no log
  const auto first = std::to_string((last ? *last : 0) + 1);
  const std::string name(log_table);
  return {"DROP TABLE IF EXISTS " + name, log_definition(width), put("id, kind", first + ", " + number_of(LogKind::broken))};
}

/// Statements that make the log's record in the place of what is there.
Result<std::vector<std::string>> make_record() {
  std::array<char, identity_bytes + secret_bytes> random{};
  if (getentropy(random.data(), random.size()) != 0) return fail(Code::database_error, "There are no random numbers to be had");
  const auto hex = [&random](std::size_t from, std::size_t count) {
    std::string text = "x'";
    append_hex(text, std::string_view(random.data() + from, count));
    return text + "'";
  };
  const std::string name(record_table);
  return std::vector<std::string>{"DROP TABLE IF EXISTS " + name, record_definition(),
                                  "INSERT INTO " + name + " (identity, secret) VALUES (" + hex(0, identity_bytes) + ", " + hex(identity_bytes, secret_bytes) + ")"};
}

/// When anything of what logs is made or mended, or may have been away since the schema was noted, rows may have changed unheard.
/// What the schema is after all other statements is noted last.
Result<void> add_break(Connection& connection, std::vector<std::string>& statements, bool begins_broken) {
  const auto recorded = ALJ_TRY(recorded_schema(connection));
  if (statements.empty() && recorded == ALJ_TRY(connection.query_integer("PRAGMA schema_version", doing))) return {};
  if (!begins_broken) statements.push_back(put("kind", number_of(LogKind::broken)));
  if (!recorded) std::ranges::move(ALJ_TRY(make_record()), std::back_inserter(statements));
  statements.push_back("UPDATE " + std::string(record_table) + " SET schema_version = (SELECT schema_version FROM pragma_schema_version)");
  return {};
}

/// The statements that are still to be run.
Result<std::vector<std::string>> missing(Connection& connection) {
  const auto all = ALJ_TRY(wanted(connection));
  const auto there = ALJ_TRY(triggers_there(connection));
  const auto width = ALJ_TRY(log_width(connection));
  std::vector<std::string> statements;
  const bool is_to_make = all.width > 0 && width.value_or(0) < all.width;
  if (is_to_make) statements = make_log(connection, all.width);
  for (const auto& [name, sql] : there) {
    const auto found = all.triggers.find(name);
    if (found == all.triggers.end() || found->second != sql) statements.push_back("DROP TRIGGER " + identifier(name));
  }
  for (const auto& [name, sql] : all.triggers) {
    const auto found = there.find(name);
    if (found == there.end() || found->second != sql) statements.push_back(sql);
  }
  if (is_to_make || width) ALJ_TRY(add_break(connection, statements, is_to_make));
  return statements;
}

Result<std::vector<std::string>> broken_row(Connection& connection) {
  if (!ALJ_TRY(log_width(connection))) return std::vector<std::string>();
  return std::vector{put("kind", number_of(LogKind::broken))};
}

Result<std::vector<std::string>> all_of_it(Connection& connection) {
  std::vector<std::string> statements;
  for (const auto& [name, sql] : ALJ_TRY(triggers_there(connection))) statements.push_back("DROP TRIGGER " + identifier(name));
  for (const auto table : {log_table, record_table}) {
    auto query = ALJ_TRY(connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", doing));
    query.bind(1, table);
    if (ALJ_TRY(query.step()) == Statement::Step::row) statements.push_back("DROP TABLE " + std::string(table));
  }
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

Result<void> change_log(const std::string& path, Plan* plan, std::chrono::milliseconds patience = setting_up_patience) {
  auto connection = open_to_log(path, patience);
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
Result<void> break_log(const std::string& path) { return change_log(path, broken_row, breaking_patience); }

Result<LogIdentity> read_log_identity(Connection& connection) {
  if (!ALJ_TRY(recorded_schema(connection))) return fail(Code::database_error, "The database has no log of changes");
  auto query = ALJ_TRY(connection.prepare("SELECT identity, secret FROM " + std::string(record_table), "reading whose log of changes it is"));
  static_cast<void>(ALJ_TRY(query.step()));
  return LogIdentity{.identity = query.blob(0), .secret = query.blob(1)};
}

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
  auto statement = connection.prepare(put("kind", number_of(LogKind::note)), doing);
  // Without a log there is nothing to explain; a commit that is not explained is only looked at more closely.
  if (statement) static_cast<void>(statement->run());
}

}  // namespace aljibe::store::sqlite
