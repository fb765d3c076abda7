#include "pipeline/plan.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "pipeline/mapping.h"
#include "pipeline/prepare.h"
#include "store/sqlite/target.h"

namespace aljibe::pipeline {
namespace {

/// Of source a second: a guess, until ./dev bench has measured the load.
constexpr double bytes_per_second = 100e6;

std::string_view word(model::Mode mode) {
  if (mode == model::Mode::append) return "rows are added to";
  return mode == model::Mode::replace ? "rows take the place of those in" : "rows are added to, or change, those in";
}

/// By the bytes of the first records.
Result<std::uint64_t> estimate_rows(const Inspection& file) {
  constexpr std::size_t sample_bytes = 1024 * 1024;
  std::string sample(sample_bytes, '\0');
  const auto bytes = ALJ_TRY(open_bytes(file, file.start.byte_from));
  sample.resize(ALJ_TRY(bytes->read(sample)));
  const auto end = sample.size() < sample_bytes ? format::End::end_of_source : format::End::more_follows;
  const auto records = format::read_records(sample, file.dialect, end);
  if (records.empty()) return 0;
  const double record_bytes = static_cast<double>(records.back().position.byte_to) / static_cast<double>(records.size());
  if (end == format::End::end_of_source) return records.size();
  return static_cast<std::uint64_t>(static_cast<double>(file.file->size()) / record_bytes);
}

/// The definition on lines of its own, a column each.
std::string laid_out(const std::string& definition) {
  std::string text;
  int depth = 0;
  for (std::size_t i = 0; i < definition.size(); ++i) {
    const char letter = definition[i];
    if (letter == '(') ++depth;
    if (letter == ')') --depth;
    text += letter;
    if (depth == 1 && (letter == ',' || (letter == '(' && text.find('\n') == std::string::npos))) {
      text += "\n      ";
      if (i + 1 < definition.size() && definition[i + 1] == ' ') ++i;
    }
  }
  return text;
}

Result<std::string> describe(const Prepared& prepared) {
  std::string text;
  std::uint64_t rows = 0;
  for (const auto& file : prepared.files) {
    const auto count = ALJ_TRY(estimate_rows(file.inspection));
    rows += count;
    text += fmt::format("{}  {} bytes, about {} rows\n", file.name, file.inspection.file->size(), count);
    for (const auto& line : file.inspection.evidence) text += fmt::format("    {}\n", line);
  }
  const auto& file = prepared.files.front();
  const auto mapping = ALJ_TRY(Mapping::of(prepared.load, file.columns, {file.name, "RUN"}, {}));
  text += fmt::format("  {} {}:\n    {}\n", word(prepared.load.mode), prepared.load.table,
                      laid_out(store::sqlite::definition(mapping->table(), store::sqlite::Keys::declared)));
  const double seconds = static_cast<double>(prepared.bytes()) / bytes_per_second;
  return text + fmt::format("  about {} rows in about {:.1f} s; the load stops past {} rejects or {} %\n", rows, std::max(seconds, 0.1), prepared.load.rejects_max,
                            prepared.load.rejects_ratio_max * 100);
}

}  // namespace

Result<std::string> plan(std::span<const model::Load> loads, const LoadOptions& options) {
  std::string text;
  for (const auto& load : loads) {
    const auto prepared = ALJ_TRY(prepare(load, options.folder, options.threads));
    text += (text.empty() ? "" : "\n") + ALJ_TRY(describe(prepared));
  }
  const bool exists = std::filesystem::exists(options.database);
  return text + (exists ? fmt::format("\ninto {}, which is there: readers see the old tables until all is loaded\n", options.database)
                        : fmt::format("\ninto {}, which is made when all is loaded\n", options.database));
}

}  // namespace aljibe::pipeline
