#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "pipeline/load.h"
#include "pipeline/mapping.h"
#include "pipeline/prepare.h"
#include "pipeline/rejects.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/sink.h"
#include "store/sqlite/target.h"

namespace aljibe::pipeline {

/// One load of a run, from source to staging table. What stands in the ledger is not done again.
class StepRun {
 public:
  struct Surroundings {
    store::sqlite::Target* target;
    const LoadOptions* options;
    Progress* progress;
  };

  StepRun(Surroundings around, const Prepared& prepared, store::sqlite::StepRecord record, std::optional<model::Table> existing)
      : around_(around), prepared_(&prepared), record_(std::move(record)), existing_(std::move(existing)) {}

  /// Loads what is not loaded yet; afterwards the staging table is complete and has its keys.
  Result<void> run(const References& references, bool is_known);
  /// Inside the publishing transaction.
  Result<void> publish();

  [[nodiscard]] const model::Table& staging() const { return staging_; }
  [[nodiscard]] const store::sqlite::StepRecord& record() const { return record_; }
  [[nodiscard]] StepReport report() const;
  /// The rows join a table that is there already.
  [[nodiscard]] bool merges() const { return existing_.has_value() && prepared_->load.mode != model::Mode::replace; }

 private:
  struct Group {  // what the next commit holds
    store::sqlite::LedgerLine line;
    bool is_open = false;
    std::uint64_t bytes = 0;
  };

  Result<void> map(const References& references);
  Result<void> check_target();
  Result<void> begin();
  Result<void> load_file(std::size_t number, store::sqlite::Sink& sink);
  Result<void> add(Chunk& chunk, const PreparedFile& file, store::sqlite::Sink& sink);
  Result<void> commit();
  Result<void> check_limits(bool is_whole) const;
  Result<void> give_up(Error error);
  Result<void> seal();
  void tick(bool is_last);
  Result<void> reject_conflicts();
  void measure();

  Surroundings around_;
  const Prepared* prepared_;
  store::sqlite::StepRecord record_;
  std::optional<model::Table> existing_;

  std::vector<std::shared_ptr<const Mapping>> mappings_;  // one a file
  model::Table staging_;
  store::sqlite::Positions positions_ = store::sqlite::Positions::forgotten;
  std::optional<RejectsFile> rejects_;
  std::map<std::string, std::uint64_t> reasons_;  // "value_not_integer in price" → how many, of this process
  Group group_;
  std::uint64_t rows_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t bytes_done_ = 0;
  std::uint64_t bytes_before_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point ticked_;
  std::chrono::duration<double> elapsed_{0};
  std::chrono::duration<double> waited_{0};
};

}  // namespace aljibe::pipeline
