#include "serve/testing/interleaved.h"

#include <future>
#include <utility>

#include "store/write.h"

namespace aljibe::serve::testing {

/// The real database takes the stamp just before the read begins; an earlier one is what a slower machine would take.
Result<store::Rows> Interleaved::run(const query::Plan& plan, const store::Shape& shape, std::chrono::steady_clock::time_point deadline) {
  ALJ_TRY(at_(Moment::before_stamp));
  const auto stamp = snapshot();
  ALJ_TRY(at_(Moment::before_rows));
  auto rows = ALJ_TRY(inner_->run(plan, shape, deadline));
  ALJ_TRY(at_(Moment::after_rows));
  rows.snapshot = stamps_late ? snapshot() : stamp;
  return rows;
}

void Interleaved::write(store::Write write, store::WriteDone done) {
  std::promise<Result<store::Written>> ended;
  inner_->write(std::move(write), [&ended](Result<store::Written> written) { ended.set_value(std::move(written)); });
  finish_ = [done = std::move(done), written = ended.get_future().get()]() mutable { done(std::move(written)); };
}

Result<void> Interleaved::start_log() {
  ALJ_TRY(at_(Moment::before_mend));
  return inner_->start_log();
}

Result<void> Interleaved::break_log() {
  ALJ_TRY(at_(Moment::before_mend));
  return inner_->break_log();
}

Result<model::Changes> Interleaved::changes(std::uint64_t after) {
  ALJ_TRY(at_(Moment::before_look));
  auto changes = ALJ_TRY(inner_->changes(after));
  ALJ_TRY(at_(Moment::after_look));
  return changes;
}

}  // namespace aljibe::serve::testing
