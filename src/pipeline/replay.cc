// The records become a file of their own beside the rejects file, header first, in the dialect of the file they came from. From there on
// it is a load like any other, so it can be killed and run again. Its runs are called "replay NAME": a published one says that the
// rejects are in the table, should the process die before the file is renamed.
#include "pipeline/replay.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "pipeline/inspect.h"
#include "pipeline/rejects.h"
#include "store/sqlite/connection.h"

namespace aljibe::pipeline {
namespace {

namespace sqlite = store::sqlite;

Result<std::vector<RejectLine>> read_rejects(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::file_unreadable, path + " cannot be opened");
  std::vector<RejectLine> lines;
  for (std::string text; std::getline(file, text);) {
    if (text.empty()) continue;
    auto line = reject_from_json(text);
    if (!line) return fail(Code::json_invalid, fmt::format("{}:{}: not a reject", path, lines.size() + 1), std::string(line.error().message()));
    lines.push_back(std::move(*line));
  }
  // A quote that stays open takes all that follows: such a record comes last.
  std::vector<RejectLine> ordered;
  for (const bool is_open : {false, true}) {
    for (auto& line : lines) {
      if ((line.reject.code == Code::quote_open) == is_open) ordered.push_back(std::move(line));
    }
  }
  return ordered;
}

/// `text` as a field of the dialect.
std::string field(const std::string& text, const format::Dialect& dialect) {
  if (dialect.quote == '\0') return text;
  std::string quoted(1, dialect.quote);
  for (const char letter : text) quoted.append(letter == dialect.quote ? 2 : 1, letter);
  return quoted + dialect.quote;
}

Result<void> write_records(const std::string& path, const std::vector<RejectLine>& lines, const Inspection& origin) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  std::string header;
  for (const auto& column : origin.columns) header += (header.empty() ? "" : std::string(1, origin.dialect.delimiter)) + field(column, origin.dialect);
  file << header << origin.dialect.record_end();
  for (const auto& line : lines) file << line.reject.raw << origin.dialect.record_end();
  file.flush();
  if (!file) return fail(Code::file_unwritable, path + " cannot be written");
  return {};
}

model::FormatOptions options_of(const Inspection& origin) {
  model::FormatOptions options;
  options.format = "csv";
  options.encoding = "utf-8";
  options.delimiter = std::string(1, origin.dialect.delimiter);
  if (origin.dialect.quote != '\0') options.quote = std::string(1, origin.dialect.quote);
  options.escape = origin.dialect.escape == format::Escape::backslash ? "\\" : "\"";
  options.header = true;
  return options;
}

Result<bool> is_replayed(const std::string& database, const std::string& pipeline) {
  if (!std::filesystem::exists(database)) return false;
  auto connection = ALJ_TRY(sqlite::Connection::open(database, sqlite::Access::read_write));
  if (ALJ_TRY(connection.query_integer("SELECT count(*) FROM sqlite_schema WHERE name = 'aljibe_runs'", "reading the runs")) == 0) return false;
  auto query = ALJ_TRY(connection.prepare("SELECT 1 FROM aljibe_runs WHERE pipeline = ? AND status = 'published'", "reading the runs"));
  query.bind(1, std::string_view(pipeline));
  return ALJ_TRY(query.step()) == sqlite::Statement::Step::row;
}

}  // namespace

Result<RunReport> replay(const std::string& rejects_file, const model::Load& load, const LoadOptions& options, Progress& progress) {
  const std::string records = rejects_file + ".records";
  const std::string pipeline = "replay " + std::filesystem::path(rejects_file).filename().string();
  const auto tidy_up = [&] {
    std::error_code ignored;
    std::filesystem::rename(rejects_file, rejects_file + ".replayed", ignored);
    std::filesystem::remove(records, ignored);
  };
  const auto lines = ALJ_TRY(read_rejects(rejects_file));
  if (lines.empty() || ALJ_TRY(is_replayed(options.database, pipeline))) {
    progress.note(rejects_file + " holds nothing that is not loaded");
    tidy_up();
    return RunReport();
  }
  const auto origin = ALJ_TRY(inspect((std::filesystem::path(options.folder) / lines.front().file).string(), load.options, Depth::head));
  ALJ_TRY(write_records(records, lines, origin));
  model::Load again = load;
  again.source = std::filesystem::absolute(records).string();
  again.options = options_of(origin);
  again.rejects_ratio_max = 1;
  if (again.mode == model::Mode::replace) again.mode = model::Mode::append;
  auto report = ALJ_TRY(pipeline::load(pipeline, {&again, 1}, options, progress));
  tidy_up();
  return report;
}

}  // namespace aljibe::pipeline
