#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "store/database.h"

namespace aljibe::serve::testing {

/// Between which of a database's doings something else may happen.
enum class Moment : std::uint8_t {
  before_stamp,  // a read is about to take its snapshot
  before_rows,   // it has taken it
  after_rows,    // it has its rows
  before_look,   // the log of changes is about to be read
  after_look,    // it was read
  before_mend    // the log is about to be set up, or broken
};

/// A database in front of another one, whose calls come apart: at each moment a test does what it likes, or makes the call fail.
class Interleaved final : public store::Database {
 public:
  using Hook = std::function<Result<void>(Moment moment)>;

  Interleaved(std::unique_ptr<store::Database> inner, Hook at) : inner_(std::move(inner)), at_(std::move(at)) {}

  Result<std::shared_ptr<const model::Catalogue>> catalogue() override { return inner_->catalogue(); }
  [[nodiscard]] std::shared_ptr<const model::Catalogue> last_catalogue() const override { return inner_->last_catalogue(); }
  Result<store::Rows> run(const query::Plan& plan, const store::Shape& shape, std::chrono::steady_clock::time_point deadline) override;
  /// Waits until the change is durable or refused; `done` hears of it in finish_write.
  void write(store::Write write, store::WriteDone done) override;
  Result<void> start_log() override;
  Result<void> stop_log() override { return inner_->stop_log(); }
  Result<void> break_log() override;
  Result<store::LogIdentity> log_identity() override { return inner_->log_identity(); }
  Result<void> sync() override { return inner_->sync(); }
  Result<model::Changes> changes(std::uint64_t after) override;
  [[nodiscard]] model::Snapshot snapshot() const override { return is_blind ? model::Snapshot{.words = {1}} : inner_->snapshot(); }

  /// Tells, once, whoever waits for the write that was made last.
  std::move_only_function<void()> take_finish() { return std::move(finish_); }

  bool is_blind = false;      // a bug to be found: the snapshot does not move
  bool stamps_late = false;   // another: a read says what the database looked like after it

 private:
  std::unique_ptr<store::Database> inner_;
  Hook at_;
  std::move_only_function<void()> finish_;
};

}  // namespace aljibe::serve::testing
