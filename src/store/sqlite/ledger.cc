#include "store/sqlite/ledger.h"

#include <array>

namespace aljibe::store::sqlite {
namespace {

constexpr std::string_view doing = "keeping the ledger";
constexpr std::array<std::string_view, 4> statuses{"loading", "staged", "published", "failed"};

constexpr std::string_view tables = R"(
CREATE TABLE IF NOT EXISTS aljibe_runs (
  run TEXT NOT NULL, step INTEGER NOT NULL, pipeline TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, mode TEXT NOT NULL,
  status TEXT NOT NULL, started TIMESTAMP NOT NULL, finished TIMESTAMP, plan TEXT, fingerprint TEXT,
  dataRead INTEGER, dataWritten INTEGER, filesRead INTEGER, rowsRead INTEGER, rowsCopied INTEGER, rowsSkipped INTEGER,
  copyDuration REAL, throughput REAL, usedParallelCopies INTEGER, executionDetails JSON, errors JSON, logFilePath TEXT,
  PRIMARY KEY (run, step));
CREATE TABLE IF NOT EXISTS aljibe_ledger (
  run TEXT NOT NULL, step INTEGER NOT NULL, source TEXT NOT NULL, byte_from INTEGER NOT NULL, byte_to INTEGER NOT NULL,
  records INTEGER NOT NULL, lines INTEGER NOT NULL, rows INTEGER NOT NULL, rejected INTEGER NOT NULL,
  rejects_bytes INTEGER NOT NULL, hash INTEGER NOT NULL,
  PRIMARY KEY (run, step, source, byte_from)) WITHOUT ROWID;
)";

constexpr std::string_view columns =
    "run, step, pipeline, source, target, mode, status, started, finished, plan, fingerprint, dataRead, dataWritten, filesRead, "
    "rowsRead, rowsCopied, rowsSkipped, copyDuration, throughput, usedParallelCopies, executionDetails, errors, logFilePath";

StepStatus status_of(std::string_view word) {
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i] == word) return static_cast<StepStatus>(i);
  }
  return StepStatus::failed;
}

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

/// The count in a column, as it was put there.
std::uint64_t count_at(const Statement& statement, int column) { return static_cast<std::uint64_t>(statement.integer(column)); }

}  // namespace

bool is_ours(std::string_view table) { return table.starts_with("aljibe_"); }

Result<void> create_ledger(Connection& connection) { return connection.execute(tables, doing); }

Result<std::optional<std::string>> open_run(Connection& connection, std::string_view pipeline) {
  auto query = ALJ_TRY(connection.prepare(
      "SELECT run FROM aljibe_runs WHERE pipeline = ? GROUP BY run HAVING max(status IN ('published', 'failed')) = 0 ORDER BY max(rowid) DESC LIMIT 1", doing));
  query.bind(1, pipeline);
  if (ALJ_TRY(query.step()) == Statement::Step::done) return std::nullopt;
  return std::string(query.text(0));
}

Result<std::string> new_run(Connection& connection, std::string_view date) {
  auto query = ALJ_TRY(connection.prepare(
      "SELECT coalesce(max(CAST(substr(run, length(?1) + 2) AS INTEGER)), 0) + 1 FROM aljibe_runs WHERE substr(run, 1, length(?1)) = ?1", doing));
  query.bind(1, date);
  static_cast<void>(ALJ_TRY(query.step()));
  return std::string(date) + "-" + std::to_string(query.integer(0));
}

Result<std::optional<StepRecord>> find_step(Connection& connection, std::string_view run, int step) {
  auto query = ALJ_TRY(connection.prepare("SELECT " + std::string(columns) + " FROM aljibe_runs WHERE run = ? AND step = ?", doing));
  query.bind(1, run);
  query.bind(2, std::int64_t{step});
  if (ALJ_TRY(query.step()) == Statement::Step::done) return std::nullopt;
  StepRecord record{.run = std::string(run), .step = step};
  int column = 2;
  for (auto* text : {&record.pipeline, &record.source, &record.target, &record.mode}) *text = query.text(column++);
  record.status = status_of(query.text(column++));
  for (auto* text : {&record.started, &record.finished, &record.plan, &record.fingerprint}) *text = query.text(column++);
  for (auto* count : {&record.dataRead, &record.dataWritten, &record.filesRead, &record.rowsRead, &record.rowsCopied, &record.rowsSkipped}) {
    *count = count_at(query, column++);
  }
  record.copyDuration = query.real(column++);
  record.throughput = query.real(column++);
  record.usedParallelCopies = count_at(query, column++);
  for (auto* text : {&record.executionDetails, &record.errors, &record.logFilePath}) *text = query.text(column++);
  return record;
}

Result<std::vector<StepRecord>> steps_of(Connection& connection, std::string_view run) {
  std::vector<StepRecord> steps;
  for (int step = 0;; ++step) {
    auto record = ALJ_TRY(find_step(connection, run, step));
    if (!record) return steps;
    steps.push_back(std::move(*record));
  }
}

Result<void> abandon_runs(Connection& connection, std::string_view pipeline) {
  auto query = ALJ_TRY(connection.prepare("UPDATE aljibe_runs SET status = 'failed' WHERE pipeline = ? AND status IN ('loading', 'staged')", doing));
  query.bind(1, pipeline);
  return query.run();
}

Result<void> put_step(Connection& connection, const StepRecord& record) {
  auto query = ALJ_TRY(connection.prepare("INSERT OR REPLACE INTO aljibe_runs (" + std::string(columns) +
                                              ") VALUES (?,?,?,?,?,?,?,?,nullif(?,''),?,?,?,?,?,?,?,?,?,?,?,?,?,?)", doing));
  int column = 1;
  query.bind(column++, std::string_view(record.run));
  query.bind(column++, std::int64_t{record.step});
  for (const auto* text : {&record.pipeline, &record.source, &record.target, &record.mode}) query.bind(column++, std::string_view(*text));
  query.bind(column++, statuses[static_cast<std::size_t>(record.status)]);
  for (const auto* text : {&record.started, &record.finished, &record.plan, &record.fingerprint}) query.bind(column++, std::string_view(*text));
  for (const auto count : {record.dataRead, record.dataWritten, record.filesRead, record.rowsRead, record.rowsCopied, record.rowsSkipped}) {
    query.bind(column++, number(count));
  }
  query.bind(column++, record.copyDuration);
  query.bind(column++, record.throughput);
  query.bind(column++, number(record.usedParallelCopies));
  for (const auto* text : {&record.executionDetails, &record.errors, &record.logFilePath}) query.bind(column++, std::string_view(*text));
  return query.run();
}

Result<void> forget_step(Connection& connection, std::string_view run, int step) {
  for (const std::string table : {"aljibe_ledger", "aljibe_runs"}) {
    auto query = ALJ_TRY(connection.prepare("DELETE FROM " + table + " WHERE run = ? AND step = ?", doing));
    query.bind(1, run);
    query.bind(2, std::int64_t{step});
    ALJ_TRY(query.run());
  }
  return {};
}

Result<void> append_line(Connection& connection, std::string_view run, int step, const LedgerLine& line) {
  auto query = ALJ_TRY(connection.prepare("INSERT INTO aljibe_ledger VALUES (?,?,?,?,?,?,?,?,?,?,?)", doing));
  query.bind(1, run);
  query.bind(2, std::int64_t{step});
  query.bind(3, std::string_view(line.source));
  int column = 4;
  for (const auto count : {line.byte_from, line.byte_to, line.records, line.lines, line.rows, line.rejected, line.rejects_bytes, line.hash}) {
    query.bind(column++, number(count));
  }
  return query.run();
}

Result<Committed> committed(Connection& connection, std::string_view run, int step, std::string_view source) {
  auto query = ALJ_TRY(connection.prepare(
      "SELECT max(byte_to), sum(records), sum(lines), sum(rows), sum(rejected), max(rejects_bytes) FROM aljibe_ledger "
      "WHERE run = ?1 AND step = ?2 AND (?3 = '' OR source = ?3)", doing));
  query.bind(1, run);
  query.bind(2, std::int64_t{step});
  query.bind(3, source);
  static_cast<void>(ALJ_TRY(query.step()));
  return Committed{count_at(query, 0), count_at(query, 1), count_at(query, 2), count_at(query, 3), count_at(query, 4), count_at(query, 5)};
}

}  // namespace aljibe::store::sqlite
