#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// One byte range of a source that is in the table, rows and line in one transaction.
struct LedgerLine {
  std::string source;
  std::uint64_t byte_from = 0;
  std::uint64_t byte_to = 0;
  std::uint64_t records = 0;
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::uint64_t rejects_bytes = 0;  // size of the rejects file once this range is in it
  std::uint64_t hash = 0;           // XXH3 of the range's bytes
};

/// What a run has of a source so far.
struct Committed {
  std::uint64_t byte_to = 0;
  std::uint64_t records = 0;
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::uint64_t rejects_bytes = 0;
};

/// Where a step of a run stands: rows are coming in, all are in the staging table, or they can be seen.
enum class StepStatus : std::uint8_t { loading, staged, published, failed };

/// One load of one run, as aljibe_runs holds it. Metrics bear the names that Azure Data Factory gives them.
struct StepRecord {
  std::string run;
  int step = 0;
  std::string pipeline;
  std::string source;
  std::string target;
  std::string mode;
  StepStatus status = StepStatus::loading;
  std::string started;       // UTC, RFC 3339
  std::string finished;
  std::string plan;          // what rows are made of; another plan cannot go on with this run
  std::string fingerprint;   // of the source
  std::uint64_t dataRead = 0;
  std::uint64_t dataWritten = 0;
  std::uint64_t filesRead = 0;
  std::uint64_t rowsRead = 0;
  std::uint64_t rowsCopied = 0;
  std::uint64_t rowsSkipped = 0;
  double copyDuration = 0;   // seconds
  double throughput = 0;     // KB/s
  std::uint64_t usedParallelCopies = 0;
  std::string executionDetails;  // JSON: busy and blocked time of each stage, and which one was the bottleneck
  std::string errors;            // JSON
  std::string logFilePath;       // the rejects file
};

/// aljibe_ledger and aljibe_runs, made when they are missing.
Result<void> create_ledger(Connection& connection);
bool is_ours(std::string_view table);

/// Every step of a run, in order.
Result<std::vector<StepRecord>> steps_of(Connection& connection, std::string_view run);
/// Runs of `pipeline` that have not ended are given up.
Result<void> abandon_runs(Connection& connection, std::string_view pipeline);
/// The run of `pipeline` that has not ended, or nothing.
Result<std::optional<std::string>> open_run(Connection& connection, std::string_view pipeline);
/// DATE-n, n counting the runs of that day.
Result<std::string> new_run(Connection& connection, std::string_view date);
Result<std::optional<StepRecord>> find_step(Connection& connection, std::string_view run, int step);
Result<void> put_step(Connection& connection, const StepRecord& record);
Result<void> forget_step(Connection& connection, std::string_view run, int step);

Result<void> append_line(Connection& connection, std::string_view run, int step, const LedgerLine& line);
/// Sums over the whole step when `source` is empty.
Result<Committed> committed(Connection& connection, std::string_view run, int step, std::string_view source);

}  // namespace aljibe::store::sqlite
