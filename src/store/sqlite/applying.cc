// Rows that an update or a removal touches are selected first, by the SQL of reads, then changed one by one through their
// identity: so every filter that can be read by can be written by, and what is counted is what was seen.
#include "store/sqlite/applying.h"

#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "base/seeded.h"
#include "model/refusal.h"
#include "store/sqlite/bind.h"
#include "store/sqlite/change_sql.h"
#include "store/sqlite/repeats.h"
#include "store/sqlite/violation.h"

namespace aljibe::store::sqlite {
namespace {

using query::Action;
using query::Resolution;

constexpr auto no_deadline = std::chrono::steady_clock::time_point::max();
constexpr std::size_t rows_between_looks = 256;
constexpr std::chrono::milliseconds lock_wait{5};

/// Between rows, so that no statement is interrupted: that would take the whole transaction with it.
Result<void> look_at_clock(const Write& write, std::size_t row) {
  if (row % rows_between_looks != 0 || std::chrono::steady_clock::now() < write.deadline) return {};
  return fail(Code::deadline_exceeded, "The change took longer than the deadline allows; it was not made");
}

}  // namespace

Result<std::unique_ptr<Applying>> Applying::open(const std::string& path, std::uint32_t generation, const Limits& limits) {
  auto session = ALJ_TRY(Session::open(path, generation, Access::read_write));
  if (sqlite3_db_readonly(session->connection().handle(), "main") == 1) return fail(Code::file_unwritable, "The database can only be read", path);
  sqlite3_busy_timeout(session->connection().handle(), static_cast<int>(lock_wait.count()));
  session->set_deadline(no_deadline);
  return std::unique_ptr<Applying>(new Applying(std::move(session), limits));
}

Result<void> Applying::begin(std::chrono::steady_clock::time_point deadline, Repeats repeats) {
  session_->set_deadline(no_deadline);
  ALJ_TRY(wait_for_lock(deadline));
  if (repeats == Repeats::unused) return {};
  // The first time this changes the schema, so that the changes that wait are planned again.
  auto prepared = prepare_repeats(session_->connection());
  if (!prepared) ALJ_TRY(session_->connection().execute("ROLLBACK", "undoing a change"));
  return prepared;
}

Result<void> Applying::wait_for_lock(std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    // A change's rows may refer to each other in any order: what is still open at its end is its own fault (check_deferred).
    auto begun = session_->connection().execute("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys=ON", "beginning a change");
    if (begun || begun.error().code() != Code::target_busy) return begun;
    if (std::chrono::steady_clock::now() >= deadline) return fail(Code::database_busy, "Another program holds the database; nothing was changed");
  }
}

bool Applying::is_in_transaction() const { return sqlite3_get_autocommit(session_->connection().handle()) == 0; }

Result<void> Applying::commit() {
  const auto until = std::chrono::steady_clock::now() + limits_.commit_timeout;
  auto committed = session_->connection().execute("COMMIT", "committing a change");
  // Without WAL a commit waits until nobody reads.
  while (!committed && committed.error().code() == Code::target_busy && is_in_transaction() && std::chrono::steady_clock::now() < until) {
    committed = session_->connection().execute("COMMIT", "committing a change");
  }
  if (committed) return committed;
  if (!is_in_transaction()) return fail(Code::outcome_unknown, std::string(committed.error().message()));
  // Still open: nothing is in the file.
  const auto undone = session_->connection().execute("ROLLBACK", "undoing a change");
  return undone ? std::move(committed) : fail(Code::outcome_unknown, std::string(committed.error().message()));
}

Result<Written> Applying::apply(const Write& write) {
  ALJ_TRY(execute("SAVEPOINT one"));
  auto written = make(write);
  session_->set_deadline(no_deadline);
  if (!is_in_transaction()) return written ? fail(Code::database_error) : std::move(written);
  if (!written || write.is_trial) ALJ_TRY(execute("ROLLBACK TO one"));
  ALJ_TRY(execute("RELEASE one"));
  return written;
}

Result<void> Applying::check_affected(const Write& write, std::uint64_t affected) {
  if (!write.affected_max || affected <= *write.affected_max) return {};
  return fail(Code::too_many_affected, "Query result exceeds max-affected preference constraint", "The query affects " + std::to_string(affected) + " rows");
}

Result<void> Applying::check_guard(const Write& write) {
  if (!write.guard) return {};
  for (const auto& shape : write.guard->shapes) {
    const auto rows = ALJ_TRY(session_->run(write.guard->plan, shape, limits_, write.deadline));
    session_->set_deadline(no_deadline);
    if (write.guard->holds(shape, rows)) return {};
  }
  return fail(Code::precondition_failed, "What If-Match names is no longer there", "", "Read the rows again, and send the ETag that comes with them.");
}

Result<Written> Applying::make(const Write& write) {
  const auto& change = write.change;
  if (ALJ_TRY(session_->schema_version()) != change.plan.catalogue->schema_version) return fail(Code::schema_changed);
  if (write.once) {
    if (auto known = ALJ_TRY(find_repeat(session_->connection(), *write.once))) return std::move(*known);
  }
  ALJ_TRY(check_guard(write));
  Written written;
  std::vector<Identity> touched;
  if (change.action == Action::insert || change.action == Action::put) {
    ALJ_TRY(insert(write, written, touched));
  } else if (change.action == Action::update && !change.key.empty()) {
    ALJ_TRY(update_by_key(write, touched));
    written.affected = touched.size();
  } else if (change.action == Action::remove || !change.columns.empty()) {  // an empty object changes nothing
    const auto selected = ALJ_TRY(select(write));
    written.affected = selected.size();
    ALJ_TRY(check_affected(write, written.affected));
    if (change.action == Action::remove) {
      ALJ_TRY(read_back(write, selected, written));
      ALJ_TRY(remove(write, selected));
    } else {
      ALJ_TRY(update(write, selected, touched));
    }
  }
  ALJ_TRY(check_affected(write, written.affected));
  if (write.shape.media == Media::object && written.affected != 1) return model::refuse_count(written.affected);
  ALJ_TRY(check_deferred(session_->connection(), change));
  if (change.action != Action::remove) ALJ_TRY(check_result(write, touched));
  if (change.action != Action::remove) ALJ_TRY(read_back(write, touched, written));
  ALJ_TRY(read_key(write, touched, written));
  if (write.once && !write.is_trial) ALJ_TRY(record_repeat(session_->connection(), *write.once, written));
  return written;
}

/// A statement of every change, kept prepared.
Result<void> Applying::execute(const std::string& sql) {
  Statement* const statement = ALJ_TRY(session_->prepared(sql));
  const Using use(*statement);
  return statement->run();
}

/// A statement's run; what it breaks is told in the table's own words.
Result<void> Applying::run(Statement& statement, const query::Change& change, std::size_t row) {
  if (statement.run()) return {};
  auto violation = violation_of(session_->connection(), change, row);
  statement.reset();
  return std::unexpected(std::move(violation));
}

Result<bool> Applying::exists(const query::Change& change, std::size_t row) {
  Statement* const statement = ALJ_TRY(session_->prepared(exists_sql(change)));
  const Using use(*statement);
  for (std::size_t i = 0; i < change.key.size(); ++i) {
    const auto place = static_cast<std::size_t>(std::ranges::find(change.columns, change.key[i]) - change.columns.begin());
    const bool is_given = place < change.columns.size() && !change.records.is_absent(row, place);
    bind_value(*statement, static_cast<int>(i) + 1, is_given ? change.records.row(row)[place] : model::Value(), change.table().columns[change.key[i]].type);
  }
  return ALJ_TRY(statement->step()) == Statement::Step::row;
}

/// Whether the row that stands in the place of a record may be changed by who sends it.
Result<void> Applying::check_touched(const Write& write, std::size_t row) {
  if (write.change.touched.children.empty() || seeded(Bug::upsert_takes_any_row)) return {};
  Write alone{.change = record_alone(write.change, row), .deadline = write.deadline};
  alone.change.plan.condition.children.push_back(write.change.touched);
  if (!ALJ_TRY(select(alone)).empty()) return {};
  return fail(Code::forbidden, "the row that is there may not be changed: row-level policy of table " + write.change.table().name);
}

/// What rows must be once everything is done, triggers too. One that cannot be found any more is none that may be so.
Result<void> Applying::check_result(const Write& write, const std::vector<Identity>& touched) {
  if (write.change.result.children.empty() || touched.empty() || seeded(Bug::result_unchecked)) return {};
  std::set<std::vector<std::string>> rows;
  for (const auto& identity : touched) {
    std::vector<std::string> texts;
    for (const auto& part : identity) texts.push_back(operand_of(part));
    rows.insert(std::move(texts));
  }
  Write every{.change = {.plan = write.change.plan}, .deadline = write.deadline};
  every.change.plan.condition = {.children = {condition_of(touched, write.change.table()), write.change.result}};
  every.change.plan.limit.reset();
  every.change.plan.offset = 0;
  if (ALJ_TRY(select(every)).size() == rows.size()) return {};
  return fail(Code::forbidden, "new row violates row-level policy of table " + write.change.table().name);
}

/// `written` counts the row, `touched` names it when somebody will ask.
Result<void> Applying::insert_row(const Write& write, std::size_t row, const std::string& sql, Written& written, std::vector<Identity>& touched) {
  const auto& change = write.change;
  const bool was_there = change.resolution == Resolution::merge && ALJ_TRY(exists(change, row));
  if (was_there) ALJ_TRY(check_touched(write, row));
  Statement* const statement = ALJ_TRY(session_->prepared(sql));
  const Using use(*statement);
  int place = 0;
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    if (change.records.is_absent(row, i)) continue;
    bind_value(*statement, ++place, change.records.row(row)[i], change.table().columns[change.columns[i]].type);
  }
  const auto step = statement->step();
  if (!step) return std::unexpected(violation_of(session_->connection(), change, row));
  if (*step == Statement::Step::row) {
    touched.push_back(read_identity(*statement, change.table()));
    if (!statement->run()) return std::unexpected(violation_of(session_->connection(), change, row));
  }
  if (session_->connection().changes() == 0) return {};  // ignored
  ++written.affected;
  if (!was_there) ++written.inserted;
  return {};
}

Result<void> Applying::insert(const Write& write, Written& written, std::vector<Identity>& touched) {
  const bool is_asked_for = write.wants_rows || write.wants_key || !write.change.result.children.empty();
  const auto returning = is_asked_for ? Returning::identity : Returning::nothing;
  std::string sql;
  for (std::size_t row = 0; row < write.change.records.rows_count; ++row) {
    ALJ_TRY(look_at_clock(write, row));
    if (row == 0 || !write.change.records.absent.empty()) sql = insert_sql(write.change, row, returning);
    ALJ_TRY(insert_row(write, row, sql, written, touched));
  }
  return {};
}

Result<std::vector<Identity>> Applying::select(const Write& write) {
  const auto sql = ALJ_TRY(identities_sql(write.change.plan));
  Statement* const statement = ALJ_TRY(session_->bound(sql));
  const Using use(*statement);
  std::vector<Identity> rows;
  session_->set_deadline(write.deadline);
  for (;;) {
    const auto step = statement->step();
    if (!step) return std::unexpected(error_of_query(session_->connection().handle()));
    if (*step == Statement::Step::done) break;
    rows.push_back(read_identity(*statement, write.change.table()));
  }
  session_->set_deadline(no_deadline);
  return rows;
}

Result<void> Applying::update(const Write& write, const std::vector<Identity>& selected, std::vector<Identity>& touched) {
  const auto& change = write.change;
  const auto sql = update_sql(change, 0);
  for (std::size_t i = 0; i < selected.size(); ++i) {
    ALJ_TRY(look_at_clock(write, i));
    Statement* const statement = ALJ_TRY(session_->prepared(sql));
    const Using use(*statement);
    int place = 0;
    for (std::size_t column = 0; column < change.columns.size(); ++column) {
      bind_value(*statement, ++place, change.records.row(0)[column], change.table().columns[change.columns[column]].type);
    }
    sqlite::bind(*statement, selected[i], place + 1);
    const auto step = statement->step();
    if (!step) return std::unexpected(violation_of(session_->connection(), change, 0));
    if (*step == Statement::Step::done) continue;  // a trigger took it away
    touched.push_back(read_identity(*statement, change.table()));
    if (!statement->run()) return std::unexpected(violation_of(session_->connection(), change, 0));
  }
  return {};
}

/// Each record changes the row that its own primary key names, if the filter selects it too.
Result<void> Applying::update_by_key(const Write& write, std::vector<Identity>& touched) {
  for (std::size_t row = 0; row < write.change.records.rows_count; ++row) {
    ALJ_TRY(look_at_clock(write, row));
    const auto one = record_alone(write.change, row);
    Write alone{.change = one, .deadline = write.deadline};
    const auto selected = ALJ_TRY(select(alone));
    ALJ_TRY(check_affected(write, touched.size() + selected.size()));
    if (alone.change.columns.empty()) {
      touched.insert(touched.end(), selected.begin(), selected.end());
    } else {
      ALJ_TRY(update(alone, selected, touched));
    }
  }
  return {};
}

Result<void> Applying::remove(const Write& write, const std::vector<Identity>& selected) {
  const auto& change = write.change;
  const auto sql = "DELETE FROM " + identifier(change.table().name) + " WHERE " + identity_condition(change.table());
  for (std::size_t i = 0; i < selected.size(); ++i) {
    ALJ_TRY(look_at_clock(write, i));
    Statement* const statement = ALJ_TRY(session_->prepared(sql));
    const Using use(*statement);
    sqlite::bind(*statement, selected[i]);
    ALJ_TRY(run(*statement, change, 0));
  }
  return {};
}

Result<void> Applying::read_back(const Write& write, const std::vector<Identity>& touched, Written& written) {
  if (!write.wants_rows) return {};
  auto plan = write.change.plan;
  plan.condition = {};
  plan.condition.children.push_back(condition_of(touched, write.change.table()));
  if (!write.change.shown.children.empty()) plan.condition.children.push_back(write.change.shown);
  plan.limit.reset();
  plan.offset = 0;
  plan.count = query::Count::none;
  written.rows = ALJ_TRY(session_->run(plan, write.shape, limits_, write.deadline));
  return {};
}

Result<void> Applying::read_key(const Write& write, const std::vector<Identity>& touched, Written& written) {
  const auto& table = write.change.table();
  if (!write.wants_key || touched.empty() || table.primary_key.empty()) return {};
  Statement* const statement = ALJ_TRY(session_->prepared(key_sql(table)));
  const Using use(*statement);
  sqlite::bind(*statement, touched.back());
  if (ALJ_TRY(statement->step()) == Statement::Step::done) return {};
  for (std::size_t i = 0; i < table.primary_key.size(); ++i) written.key.emplace_back(statement->text(static_cast<int>(i)));
  return {};
}

}  // namespace aljibe::store::sqlite
