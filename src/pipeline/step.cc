// The loading thread takes chunks in source order, which other threads have decoded, mapped and checked, and gives them to
// the sink. A group of chunks is one transaction:
//
//   rows of the group → staging table ┐
//   rejects → file, written           ├ then COMMIT
//   ledger line, bytes of that file   ┘
//
// A process killed before COMMIT has lost the group and nothing else: the next one finds the last ledger line, cuts the
// rejects file to the bytes it names, and reads on from its last byte.
#include "pipeline/step.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/hash.h"

namespace aljibe::pipeline {
namespace {

using std::chrono::steady_clock;
using store::sqlite::Positions;
using store::sqlite::StepStatus;

constexpr std::string_view doing = "loading";

std::string rejects_path(const LoadOptions& options, const store::sqlite::StepRecord& record) {
  return (std::filesystem::path(options.rejects_folder) / fmt::format("{}-{}.jsonl", record.run, record.target)).string();
}

std::string joined(const std::vector<std::size_t>& columns, const model::Table& table) {
  std::string text;
  for (const auto column : columns) text += (text.empty() ? "" : ", ") + table.columns[column].name;
  return text;
}

/// The same columns, by name, of another table.
std::optional<std::vector<std::size_t>> translate(const std::vector<std::size_t>& key, const model::Table& from, const model::Table& to) {
  std::vector<std::size_t> columns;
  for (const auto column : key) {
    const auto found = to.find(from.columns[column].name);
    if (!found) return std::nullopt;
    columns.push_back(*found);
  }
  return columns;
}

void fail_at(const LoadOptions& options, std::string_view point) {
  if (options.failpoint) options.failpoint(point);
}

}  // namespace

Result<void> StepRun::run(const References& references, bool is_known) {
  ALJ_TRY(map(references));
  ALJ_TRY(check_target());
  auto& connection = around_.target->connection();
  const auto before = ALJ_TRY(store::sqlite::committed(connection, record_.run, record_.step, ""));
  rows_ = before.rows;
  rejected_ = before.rejected;
  if (record_.status == StepStatus::staged) return {};
  started_ = ticked_ = steady_clock::now();
  if (!is_known) ALJ_TRY(begin());
  rejects_ = ALJ_TRY(RejectsFile::open(rejects_path(*around_.options, record_), before.rejects_bytes));
  {
    auto sink = ALJ_TRY(store::sqlite::Sink::open(connection, staging_, positions_, around_.options->keys_bytes_max));
    for (std::size_t number = 0; number < prepared_->files.size(); ++number) ALJ_TRY(load_file(number, sink));
  }
  if (auto limits = check_limits(true); !limits) return give_up(std::move(limits.error()));
  return seal();
}

Result<void> StepRun::map(const References& references) {
  for (const auto& file : prepared_->files) {
    const Facts facts{file.name, record_.run};
    mappings_.push_back(ALJ_TRY(Mapping::of(prepared_->load, file.columns, facts, references)));
    if (mappings_.back()->table() == mappings_.front()->table()) continue;
    return fail(Code::target_mismatch, fmt::format("{} has other columns than {}", file.name, prepared_->files.front().name), {}, "load it by a step of its own");
  }
  staging_ = mappings_.front()->table();
  staging_.name = fmt::format("aljibe_load_{}_{}", record_.step, record_.target);
  return {};
}

Result<void> StepRun::check_target() {
  if (!merges()) return {};
  for (const auto& column : staging_.columns) {
    if (existing_->find(column.name)) continue;
    return fail(Code::target_mismatch, fmt::format("table {} has no column '{}'", existing_->name, column.name), {}, "drop the column in the configuration, or use mode: replace");
  }
  const auto keys = store::sqlite::keys_of(*existing_);
  if (prepared_->load.mode == model::Mode::upsert) {
    const bool is_key = std::ranges::any_of(keys, [&](const auto& key) { return translate(key, *existing_, staging_) == staging_.primary_key; });
    if (is_key) return {};
    return fail(Code::target_mismatch, fmt::format("upsert needs {} to be unique in table {}", joined(staging_.primary_key, staging_), existing_->name), {},
                "make a unique index on it, or use mode: replace");
  }
  for (const auto& key : keys) {
    if (const auto columns = translate(key, *existing_, staging_)) staging_.unique_keys.push_back(*columns);
  }
  if (!keys.empty()) positions_ = Positions::kept;
  return {};
}

Result<void> StepRun::begin() {
  auto& connection = around_.target->connection();
  ALJ_TRY(connection.execute("BEGIN IMMEDIATE", doing));
  ALJ_TRY(around_.target->make_staging(staging_, positions_));
  ALJ_TRY(store::sqlite::put_step(connection, record_));
  return connection.execute("COMMIT", doing);
}

Result<void> StepRun::load_file(std::size_t number, store::sqlite::Sink& sink) {
  const auto& file = prepared_->files[number];
  const auto& inspection = file.inspection;
  const auto done = ALJ_TRY(store::sqlite::committed(around_.target->connection(), record_.run, record_.step, file.name));
  StreamOptions options;
  options.row_maker = [mapping = mappings_[number]] { return mapping->rows(); };
  options.threads = around_.options->threads;
  options.chunk_bytes = around_.options->chunk_bytes;
  std::optional<model::Position> resume_at;
  if (done.byte_to > 0) {
    resume_at = inspection.start;
    resume_at->record += done.records;
    resume_at->line += done.lines;
    resume_at->byte_from = done.byte_to;
    bytes_before_ += done.byte_to;
  }
  group_ = {};
  group_.line.source = file.name;
  group_.line.byte_from = resume_at.value_or(inspection.start).byte_from;
  const std::uint64_t base = bytes_done_;
  model::Position at = resume_at.value_or(inspection.start);
  sink.set_source(static_cast<std::int64_t>(number));
  const auto stream = ALJ_TRY(open_stream(inspection, std::move(options), resume_at));
  for (;;) {
    const auto waiting = steady_clock::now();
    auto chunk = ALJ_TRY(stream->next());
    waited_ += steady_clock::now() - waiting;
    if (!chunk) break;
    ALJ_TRY(add(*chunk, file, sink));
    group_.line.records += chunk->end.record - at.record;
    group_.line.lines += chunk->end.line - at.line;
    group_.line.byte_to = chunk->end.byte_from;
    group_.bytes += chunk->end.byte_from - at.byte_from;
    at = chunk->end;
    bytes_done_ = base + at.byte_from;
    if (group_.bytes >= around_.options->group_bytes) ALJ_TRY(commit());
    tick(false);
  }
  bytes_done_ = base + inspection.file->size();
  ALJ_TRY(commit());
  tick(true);
  return {};
}

Result<void> StepRun::add(Chunk& chunk, const PreparedFile& file, store::sqlite::Sink& sink) {
  if (!group_.is_open) {
    ALJ_TRY(around_.target->connection().execute("BEGIN IMMEDIATE", doing));
    group_.is_open = true;
  }
  const std::size_t decoded = chunk.rejects.size();
  ALJ_TRY(sink.add(chunk.batch, [&](std::size_t row, const std::string& columns) {
    const auto& position = chunk.batch.positions[row];
    auto raw = chunk.text.substr(position.byte_from - chunk.text_from, position.byte_to - position.byte_from);
    while (!raw.empty() && (raw.back() == '\n' || raw.back() == '\r')) raw.remove_suffix(1);
    chunk.rejects.push_back({position, Code::check_unique, columns, "an earlier row has the same " + columns, std::string(raw)});
  }));
  std::ranges::sort(chunk.rejects, {}, [](const model::Reject& reject) { return reject.position.byte_from; });
  for (auto& reject : chunk.rejects) {
    ++reasons_[std::string(name(reject.code)) + (reject.column.empty() ? "" : " in " + reject.column)];
    rejects_->add({record_.run, file.name, std::move(reject)});
  }
  const std::uint64_t rows = chunk.batch.rows_count() + decoded - chunk.rejects.size();
  group_.line.rows += rows;
  group_.line.rejected += chunk.rejects.size();
  group_.line.hash = hash64(chunk.text, group_.line.hash);
  rows_ += rows;
  rejected_ += chunk.rejects.size();
  return {};
}

Result<void> StepRun::commit() {
  if (!group_.is_open) return {};
  auto& connection = around_.target->connection();
  ALJ_TRY(rejects_->flush());
  group_.line.rejects_bytes = rejects_->bytes();
  fail_at(*around_.options, "rejects_written");
  ALJ_TRY(store::sqlite::append_line(connection, record_.run, record_.step, group_.line));
  fail_at(*around_.options, "ledger_written");
  ALJ_TRY(connection.execute("COMMIT", doing));
  fail_at(*around_.options, "committed");
  store::sqlite::LedgerLine next;
  next.source = group_.line.source;
  next.byte_from = group_.line.byte_to;
  group_ = {.line = std::move(next)};
  if (auto limits = check_limits(false); !limits) return give_up(std::move(limits.error()));
  return {};
}

Result<void> StepRun::check_limits(bool is_whole) const {
  const auto& load = prepared_->load;
  constexpr std::uint64_t sample_records = 100'000;  // before the end, a ratio over fewer says little
  const std::uint64_t records = rows_ + rejected_;
  const bool is_over_ratio = (is_whole || records >= sample_records) && static_cast<double>(rejected_) > load.rejects_ratio_max * static_cast<double>(records);
  if (rejected_ <= load.rejects_max && !is_over_ratio) return {};
  std::string worst;
  std::uint64_t most = 0;
  for (const auto& [reason, count] : reasons_) {
    if (count > most) worst = fmt::format("most often: {} ({})", reason, most = count);
  }
  return fail(Code::rejects_over_limit,
              fmt::format("{} of {} records of {} were rejected; the limit is {}", rejected_, records, load.source,
                          is_over_ratio ? fmt::format("{} %", load.rejects_ratio_max * 100) : std::to_string(load.rejects_max)),
              worst, fmt::format("see {}; nothing was published", rejects_->path()));
}

/// The run ends here: the next one starts anew.
Result<void> StepRun::give_up(Error error) {
  record_.status = StepStatus::failed;
  measure();
  record_.errors = fmt::format(R"([{{"code":"{}","rows":{}}}])", name(error.code()), rejected_);
  ALJ_TRY(store::sqlite::put_step(around_.target->connection(), record_));
  return std::unexpected(std::move(error));
}

Result<void> StepRun::seal() {
  auto& connection = around_.target->connection();
  ALJ_TRY(connection.execute("BEGIN IMMEDIATE", doing));
  ALJ_TRY(around_.target->seal(staging_, positions_));
  elapsed_ = steady_clock::now() - started_;
  record_.status = StepStatus::staged;
  measure();
  ALJ_TRY(store::sqlite::put_step(connection, record_));
  fail_at(*around_.options, "sealed");
  ALJ_TRY(connection.execute("COMMIT", doing));
  fail_at(*around_.options, "staged");
  return {};
}

void StepRun::measure() {
  const auto read = prepared_->bytes();
  record_.dataRead = read;
  record_.dataWritten = bytes_done_;
  record_.filesRead = prepared_->files.size();
  record_.rowsRead = rows_ + rejected_;
  record_.rowsCopied = rows_;
  record_.rowsSkipped = rejected_;
  record_.copyDuration = elapsed_.count();
  record_.throughput = elapsed_.count() > 0 ? static_cast<double>(read) / 1024 / elapsed_.count() : 0;
  record_.usedParallelCopies = around_.options->threads;
  const auto report_now = report();
  record_.executionDetails = fmt::format(R"([{{"stage":"source","blockedSink":{:.3f}}},{{"stage":"sink","busy":{:.3f}}},{{"bottleneck":"{}"}}])",
                                         report_now.source_waited.count(), report_now.sink_busy.count(), name(report_now.bottleneck));
  record_.logFilePath = report_now.rejects_file;
}

StepReport StepRun::report() const {
  StepReport report{.table = record_.target, .source = record_.source, .rows = rows_, .rejected = rejected_, .bytes = prepared_->bytes()};
  report.elapsed = elapsed_;
  report.source_waited = waited_;
  report.sink_busy = std::max(elapsed_ - waited_, std::chrono::duration<double>(0));
  report.bottleneck = report.source_waited > report.sink_busy ? Stage::source : Stage::sink;
  if (rejected_ > 0) report.rejects_file = rejects_path(*around_.options, record_);
  report.resumed_at = bytes_before_;
  return report;
}

void StepRun::tick(bool is_last) {
  constexpr auto interval = std::chrono::milliseconds(100);
  const auto now = steady_clock::now();
  if (!is_last && now - ticked_ < interval) return;
  ticked_ = now;
  around_.progress->tick({.table = record_.target, .bytes = bytes_done_, .bytes_total = prepared_->bytes(), .rows = rows_, .rejected = rejected_,
                          .elapsed = now - started_, .bytes_before = bytes_before_});
}

Result<void> StepRun::publish() {
  auto& target = *around_.target;
  if (merges()) {
    if (positions_ == Positions::kept) ALJ_TRY(reject_conflicts());
    ALJ_TRY(target.merge(staging_, *existing_, prepared_->load.mode));
  } else {
    ALJ_TRY(target.replace(staging_, record_.target));
  }
  record_.status = StepStatus::published;
  measure();
  return store::sqlite::put_step(target.connection(), record_);
}

/// Rows whose key the table had already; they are few or the limit stops the load.
Result<void> StepRun::reject_conflicts() {
  auto& target = *around_.target;
  const auto conflicts = ALJ_TRY(target.conflicts(staging_, *existing_));
  if (conflicts.empty()) return {};
  const auto before = ALJ_TRY(store::sqlite::committed(target.connection(), record_.run, record_.step, ""));
  rejects_ = ALJ_TRY(RejectsFile::open(rejects_path(*around_.options, record_), before.rejects_bytes));
  for (const auto& conflict : conflicts) {
    const auto& file = prepared_->files[static_cast<std::size_t>(conflict.source)];
    const auto bytes = ALJ_TRY(open_bytes(file.inspection, conflict.position.byte_from));
    std::string raw(conflict.position.byte_to - conflict.position.byte_from, '\0');
    raw.resize(ALJ_TRY(bytes->read(raw)));
    while (!raw.empty() && (raw.back() == '\n' || raw.back() == '\r')) raw.pop_back();
    rejects_->add({record_.run, file.name, {conflict.position, Code::check_unique, conflict.columns, "the table has a row with the same " + conflict.columns, std::move(raw)}});
  }
  ALJ_TRY(rejects_->flush());
  ALJ_TRY(target.remove(staging_, conflicts));
  rows_ -= conflicts.size();
  rejected_ += conflicts.size();
  return check_limits(true);
}

}  // namespace aljibe::pipeline
