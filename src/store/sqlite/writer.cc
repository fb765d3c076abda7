#include "store/sqlite/writer.h"

#include <algorithm>
#include <utility>

#include "base/seeded.h"

namespace aljibe::store::sqlite {
namespace {

/// Enough for one sync to serve everybody who waits, few enough for the first not to wait long for the last.
constexpr std::size_t shared_max = 256;

}  // namespace

Writer::Writer(std::string path, std::uint32_t generation, std::function<bool()> is_current, const Limits& limits)
    : path_(std::move(path)), generation_(generation), is_current_(std::move(is_current)), limits_(limits), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  wakeup_.notify_all();
  thread_.join();
}

void Writer::submit(Write write, WriteDone done) {
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() < limits_.write_queue_max) {
      queue_.push_back({.write = std::move(write), .done = std::move(done), .outcome = std::nullopt});
      wakeup_.notify_one();
      return;
    }
  }
  done(fail(Code::overloaded));
}

std::vector<Writer::Job> Writer::take() {
  std::unique_lock lock(mutex_);
  wakeup_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
  std::vector<Job> jobs;
  while (!queue_.empty() && jobs.size() < shared_max) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void Writer::work() {
  for (;;) {
    auto jobs = take();
    if (jobs.empty()) return;
    run(jobs);
    for (auto& job : jobs) job.done(std::move(*job.outcome));
  }
}

void Writer::fail_open(std::vector<Job>& jobs, const Error& error) {
  for (auto& job : jobs) {
    if (!job.outcome) job.outcome = std::unexpected(error);
  }
}

/// Opens the connection, and waits for another process's lock no longer than the most patient client does.
Result<void> Writer::prepare(const std::vector<Job>& jobs) {
  if (!is_current_()) return fail(Code::schema_changed);
  if (!applying_) applying_ = ALJ_TRY(Applying::open(path_, generation_, limits_));
  const auto has_once = [](const Job& job) { return job.write.once.has_value(); };
  const auto by_deadline = [](const Job& job) { return job.write.deadline; };
  const auto last = std::ranges::max_element(jobs, {}, by_deadline)->write.deadline;
  return applying_->begin(last, std::ranges::any_of(jobs, has_once) ? Repeats::needed : Repeats::unused);
}

void Writer::apply(Job& job) {
  if (std::chrono::steady_clock::now() >= job.write.deadline) {
    job.outcome = fail(Code::deadline_exceeded, "The change waited longer than the deadline allows; it was not made");
    return;
  }
  job.outcome = applying_->apply(job.write);
}

/// True when every change has an outcome; false when one took the transaction with it, and the others begin again.
bool Writer::apply_all(std::vector<Job>& jobs) {
  for (auto& job : jobs) {
    if (job.outcome) continue;
    apply(job);
    if (applying_->is_in_transaction()) continue;
    for (auto& other : jobs) {
      if (other.outcome && *other.outcome) other.outcome.reset();
    }
    return false;
  }
  return true;
}

void Writer::run(std::vector<Job>& jobs) {
  do {
    if (auto ready = prepare(jobs); !ready) return fail_open(jobs, ready.error());
  } while (!apply_all(jobs));
  if (seeded(Bug::acknowledged_before_commit)) {
    for (auto& job : jobs) std::exchange(job.done, [](const auto&) {})(Result<Written>(*job.outcome));
  }
  const auto committed = applying_->commit();
  if (committed) return;
  for (auto& job : jobs) {
    if (*job.outcome) job.outcome = std::unexpected(committed.error());
  }
}

}  // namespace aljibe::store::sqlite
