#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/load.h"
#include "pipeline/progress.h"

namespace aljibe::pipeline {

struct LoadOptions {
  std::string database;                        // path of the SQLite file
  std::string folder;                          // of the configuration: sources are relative to it; empty: the current one
  std::string rejects_folder = "rejects";      // where rejects files are made; relative to the current folder
  std::size_t threads = 2;                     // that decode
  std::size_t chunk_bytes = 1024 * 1024;
  std::size_t group_bytes = 12 * 1024 * 1024;  // of source, in one transaction: what a killed process has to do again
  std::size_t keys_bytes_max = 64 * 1024 * 1024;
  bool restart = false;                        // forget what an interrupted run has
  std::string date;                            // of run ids, "20261124"; empty: today, UTC
  std::function<void(std::string_view)> failpoint;  // for tests: called by name where a process may be killed
};

struct RunReport {
  std::string run;
  std::vector<StepReport> steps;
  std::chrono::duration<double> elapsed{0};
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::uint64_t rejected() const;
};

/// Runs the loads of one pipeline and makes their tables visible together. If an earlier run of it was interrupted, goes on
/// where that one had committed.
///
/// Errors:  config_value_invalid, what inspect() and next() report, source_changed, rejects_over_limit, target_busy,
///          target_mismatch, disk_full, file_unwritable, database_unavailable, database_error. After any of them nothing is visible; except for
///          rejects_over_limit the same call goes on with what is committed.
/// Threads: one a database; a lock refuses a second one, of any process.
Result<RunReport> load(std::string_view pipeline, std::span<const model::Load> loads, const LoadOptions& options, Progress& progress);

}  // namespace aljibe::pipeline
