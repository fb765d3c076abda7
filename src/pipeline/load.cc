#include "pipeline/load.h"

#include <algorithm>
#include <ctime>
#include <memory>

#include <fmt/format.h>

#include "base/hash.h"
#include "pipeline/prepare.h"
#include "pipeline/step.h"

namespace aljibe::pipeline {
namespace {

namespace sqlite = store::sqlite;
using std::chrono::steady_clock;

std::string utc(const char* form) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), form, &parts));
  return text;
}

std::string_view name(model::Mode mode) {
  if (mode == model::Mode::append) return "append";
  return mode == model::Mode::replace ? "replace" : "upsert";
}

/// 201326592 → 201,326,592
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

class Run {
 public:
  Run(std::string_view pipeline, const LoadOptions& options, Progress& progress) : pipeline_(pipeline), options_(&options), progress_(&progress) {}

  Result<RunReport> load(std::span<const model::Load> loads) {
    const auto started = steady_clock::now();
    for (const auto& each : loads) prepared_.push_back(ALJ_TRY(prepare(each, options_->folder, options_->threads)));
    using Restart = sqlite::Target::Restart;
    target_.emplace(ALJ_TRY(sqlite::Target::open(options_->database, options_->restart ? Restart::yes : Restart::no)));
    RunReport report;
    if (ALJ_TRY(target_->is_complete())) return finish_old_run();
    ALJ_TRY(find_run());
    for (std::size_t i = 0; i < prepared_.size(); ++i) ALJ_TRY(load_step(i));
    ALJ_TRY(publish());
    report.run = run_;
    for (const auto& step : steps_) report.steps.push_back(step->report());
    for (const auto& step : report.steps) progress_->done(step);
    report.elapsed = steady_clock::now() - started;
    return report;
  }

 private:
  sqlite::Connection& connection() { return target_->connection(); }

  /// A run that was killed between its last commit and the rename.
  Result<RunReport> finish_old_run() {
    RunReport report;
    report.run = ALJ_TRY(connection().query_text("SELECT run FROM aljibe_runs WHERE status = 'published' ORDER BY rowid DESC LIMIT 1", "reading the runs"));
    for (const auto& record : ALJ_TRY(sqlite::steps_of(connection(), report.run))) {
      StepReport step{.table = record.target, .source = record.source, .rows = record.rowsCopied, .rejected = record.rowsSkipped, .bytes = record.dataRead};
      step.rejects_file = record.logFilePath;
      progress_->done(step);
      report.steps.push_back(std::move(step));
    }
    ALJ_TRY(target_->finish());
    progress_->note(fmt::format("run {} was complete but for its name", report.run));
    return report;
  }

  Result<void> find_run() {
    for (const auto& each : prepared_) plan_ += plan_of(each);
    plan_ = fmt::format("{:016x}", hash64(plan_));
    if (options_->restart) ALJ_TRY(sqlite::abandon_runs(connection(), pipeline_));
    if (auto open = ALJ_TRY(sqlite::open_run(connection(), pipeline_)); open && ALJ_TRY(can_go_on(*open))) {
      run_ = std::move(*open);
      return {};
    }
    run_ = ALJ_TRY(sqlite::new_run(connection(), options_->date.empty() ? utc("%Y%m%d") : options_->date));
    return target_->drop_staging_of_old_runs();
  }

  /// Errors: source_changed. No: the configuration is another one, so the rows would be.
  Result<bool> can_go_on(const std::string& run) {
    const auto records = ALJ_TRY(sqlite::steps_of(connection(), run));
    bool is_same_plan = true;
    for (const auto& record : records) {
      const auto step = static_cast<std::size_t>(record.step);
      is_same_plan &= record.plan == plan_;
      if (step >= prepared_.size() || record.source != prepared_[step].load.source || record.target != prepared_[step].load.table) continue;
      if (record.fingerprint != prepared_[step].fingerprint()) return std::unexpected(ALJ_TRY(source_changed(record, prepared_[step])));
    }
    if (is_same_plan) {
      progress_->note(fmt::format("going on with run {}", run));
      return true;
    }
    progress_->note(fmt::format("run {} was interrupted, and the configuration has changed since: starting over", run));
    ALJ_TRY(sqlite::abandon_runs(connection(), pipeline_));
    return false;
  }

  Result<Error> source_changed(const sqlite::StepRecord& record, const Prepared& now) {
    const auto done = ALJ_TRY(sqlite::committed(connection(), record.run, record.step, ""));
    const std::string old_size = record.fingerprint.substr(0, record.fingerprint.find(':'));
    const auto size = now.bytes();
    const std::uint64_t before = std::strtoull(old_size.c_str(), nullptr, 10);
    const std::string what = before == size ? "its content is another one" : fmt::format("size {} → {}", grouped(before), grouped(size));
    return Error(Code::source_changed, fmt::format("{} changed since run {} stopped at byte {} ({}).", record.source, record.run, grouped(done.byte_to), what),
                 {}, "Nothing was written. Start over with --restart, or give the old file back.");
  }

  Result<void> load_step(std::size_t i) {
    const auto& prepared = prepared_[i];
    const int number = static_cast<int>(i);
    auto known = ALJ_TRY(sqlite::find_step(connection(), run_, number));
    sqlite::StepRecord record;
    if (known) {
      record = *known;
    } else {
      record = {.run = run_, .step = number, .pipeline = std::string(pipeline_), .source = prepared.load.source, .target = prepared.load.table,
                .mode = std::string(name(prepared.load.mode)), .started = utc("%Y-%m-%dT%H:%M:%SZ"), .plan = plan_, .fingerprint = prepared.fingerprint()};
    }
    auto step = std::make_unique<StepRun>(StepRun::Surroundings{&*target_, options_, progress_}, prepared, std::move(record), ALJ_TRY(table_before(i)));
    const auto references = ALJ_TRY(read_references(prepared.load));
    ALJ_TRY(step->run(references, known.has_value()));
    steps_.push_back(std::move(step));
    return {};
  }

  /// The table as it will be when step `i` is published.
  Result<std::optional<model::Table>> table_before(std::size_t i) {
    const std::string& table = prepared_[i].load.table;
    for (std::size_t other = i; other-- > 0;) {
      if (prepared_[other].load.table != table) continue;
      model::Table shape = steps_[other]->staging();
      shape.name = table;
      return shape;
    }
    return target_->existing(table);
  }

  Result<References> read_references(const model::Load& load) {
    References references;
    for (const auto& rule : load.columns) {
      if (!rule.references || rule.drop || rule.references->table == load.table) continue;
      const std::string key = rule.references->table + "." + rule.references->column;
      if (!references.contains(key)) references[key] = ALJ_TRY(read_reference(*rule.references));
    }
    return references;
  }

  Result<std::shared_ptr<const ReferenceSet>> read_reference(const model::Reference& reference) {
    auto set = std::make_shared<ReferenceSet>();
    set->name = reference.table + "." + reference.column;
    bool is_found = false;
    bool is_replaced = false;
    for (const auto& step : steps_) {
      if (step->record().target != reference.table) continue;
      is_found = true;
      is_replaced |= !step->merges();
      ALJ_TRY(read_values(step->staging(), reference.column, *set));
    }
    if (!is_replaced) {
      if (const auto table = ALJ_TRY(target_->existing(reference.table))) {
        is_found = true;
        ALJ_TRY(read_values(*table, reference.column, *set));
      }
    }
    if (is_found) return set;
    return fail(Code::config_value_invalid, fmt::format("A column refers to {}, but there is no table {} yet", set->name, reference.table), {}, "load it by an earlier step");
  }

  Result<void> read_values(const model::Table& table, const std::string& column, ReferenceSet& set) {
    const auto found = table.find(column);
    if (!found) return fail(Code::config_value_invalid, fmt::format("A column refers to {}, which does not exist", set.name));
    const auto& type = table.columns[*found].type;
    auto rows = ALJ_TRY(connection().prepare("SELECT " + sqlite::identifier(column) + " FROM " + sqlite::identifier(table.name), "reading a foreign key"));
    while (ALJ_TRY(rows.step()) == sqlite::Statement::Step::row) {
      if (rows.is_null(0)) continue;
      if (type.kind == model::Kind::integer || type.kind == model::Kind::boolean) set.numbers.insert(rows.integer(0));
      else set.texts.emplace(rows.text(0));
    }
    return {};
  }

  Result<void> publish() {
    ALJ_TRY(connection().execute("BEGIN IMMEDIATE", "publishing"));
    for (const auto& step : steps_) {
      if (auto published = step->publish(); !published) {
        ALJ_TRY(connection().execute("ROLLBACK", "publishing"));
        return published;
      }
    }
    if (options_->failpoint) options_->failpoint("publishing");
    ALJ_TRY(connection().execute("COMMIT", "publishing"));
    if (options_->failpoint) options_->failpoint("published");
    return target_->finish();
  }

  std::string_view pipeline_;
  const LoadOptions* options_;
  Progress* progress_;
  std::vector<Prepared> prepared_;
  std::string plan_;
  std::string run_;
  std::optional<sqlite::Target> target_;
  std::vector<std::unique_ptr<StepRun>> steps_;
};

}  // namespace

std::uint64_t RunReport::rows() const {
  std::uint64_t sum = 0;
  for (const auto& step : steps) sum += step.rows;
  return sum;
}

std::uint64_t RunReport::rejected() const {
  std::uint64_t sum = 0;
  for (const auto& step : steps) sum += step.rejected;
  return sum;
}

Result<RunReport> load(std::string_view pipeline, std::span<const model::Load> loads, const LoadOptions& options, Progress& progress) {
  return Run(pipeline, options, progress).load(loads);
}

}  // namespace aljibe::pipeline
