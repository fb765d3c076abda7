#include "pipeline/peek.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "format/csv_out.h"
#include "format/json_out.h"
#include "model/type.h"
#include "pipeline/block_reader.h"
#include "pipeline/infer_rows.h"

namespace aljibe::pipeline {
namespace {

/// 1426337 → "1,426,337".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

/// At most `width` characters on one line, padded to exactly that many.
std::string fit(std::string_view text, std::size_t width) {
  std::string line;
  std::size_t used = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    if (begins && ++used > width) break;
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  if (characters(text) > width && width > 1) {
    while ((static_cast<unsigned char>(line.back()) & 0xC0U) == 0x80) line.pop_back();
    line.pop_back();
    line += "…";
  }
  return line.append(width - std::min(width, characters(line)), ' ');
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Looks at every cell of every whole row.
Result<void> judge_columns(const Inspection& file, Peek& peek) {
  const auto summaries = std::make_shared<Summaries>(file.columns.size());
  {
    StreamOptions options;
    options.row_maker = [&] { return std::make_unique<InferRows>(summaries, file.columns.size()); };
    const auto stream = ALJ_TRY(open_stream(file, std::move(options)));
    while (ALJ_TRY(stream->next())) {
    }
  }
  for (const auto& column : summaries->columns()) {
    peek.types.push_back(format::guess(column));
    peek.empty_cells.push_back(column.nulls);
  }
  return {};
}

Result<std::vector<format::Record>> first_rows(const Inspection& file, std::size_t rows_max) {
  BlockReader blocks(ALJ_TRY(open_bytes(file, file.start.byte_from)), file.dialect, file.start);
  const auto* block = ALJ_TRY(blocks.next());
  if (block == nullptr) return {};
  auto records = format::records_of(*block, file.dialect);
  if (records.size() > rows_max) records.resize(rows_max);
  return records;
}

void describe_columns(const Peek& peek, std::string& page) {
  std::size_t name_width = 0;
  for (const auto& name : peek.file.columns) name_width = std::max(name_width, characters(name));
  name_width = std::min<std::size_t>(name_width, 32);
  page += "\ncolumns\n";
  for (std::size_t i = 0; i < peek.types.size(); ++i) {
    const auto& guess = peek.types[i];
    std::string line = fmt::format("  {}  {}", fit(peek.file.columns[i], name_width), fit(model::to_text(guess.type), 14));
    if (peek.empty_cells[i] > 0) line += fmt::format("  {} empty", grouped(peek.empty_cells[i]));
    if (guess.misfits > 0) line += fmt::format("  {} do not fit", grouped(guess.misfits));
    if (guess.misfit) line += fmt::format(", the first in record {}: '{}'", guess.misfit->record, guess.misfit->text);
    if (!guess.note.empty()) line += "  " + guess.note;
    page += without_trailing_blanks(std::move(line)) + '\n';
  }
}

void describe_damage(const format::Survey& survey, std::string& page) {
  page += "\ndamage\n";
  if (survey.damage.empty()) page += "  none\n";
  for (const auto& [code, count] : survey.damage) page += fmt::format("  {}  {} {}\n", fit(name(code), 18), grouped(count), count == 1 ? "record" : "records");
}

void describe_rows(const Peek& peek, std::size_t width, std::string& page) {
  if (peek.first_rows.empty()) return;
  page += "\nfirst rows\n";
  std::vector<std::size_t> widths;
  for (const auto& record : peek.first_rows) {
    widths.resize(std::max(widths.size(), record.fields.size()));
    for (std::size_t i = 0; i < record.fields.size(); ++i) widths[i] = std::min<std::size_t>(24, std::max(widths[i], characters(record.fields[i])));
  }
  for (const auto& record : peek.first_rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < record.fields.size(); ++i) line += ' ' + fit(record.fields[i], widths[i]);
    page += without_trailing_blanks(fit(line, width)) + '\n';
  }
}

/// One record as a line of CSV. A cell that is empty and not quoted stays nothing.
void append_record(const format::Record& record, std::string& out) {
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (i > 0) out += ',';
    if (!record.fields[i].empty() || record.quoted[i] || record.fields.size() == 1) format::append_csv_text(out, record.fields[i]);
  }
  out += '\n';
}

void append_object(const format::Record& record, const std::vector<std::string>& columns, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (i > 0) out += ", ";
    format::append_json_text(out, i < columns.size() ? columns[i] : fmt::format("column_{}", i + 1));
    out += ": ";
    format::append_json_text(out, record.fields[i]);
  }
  out += '}';
}

}  // namespace

Result<Peek> peek(const std::string& path, const model::FormatOptions& options, std::size_t rows_max) {
  Peek peek;
  peek.file = ALJ_TRY(inspect(path, options, Depth::whole));
  peek.first_rows = ALJ_TRY(first_rows(peek.file, rows_max));
  if (peek.file.format != FileFormat::csv) return peek;
  if (auto judged = judge_columns(peek.file, peek); !judged) return std::unexpected(judged.error());
  return peek;
}

std::string describe(const Peek& peek, std::size_t width) {
  std::string page = peek.file.path.substr(peek.file.path.rfind('/') + 1);
  if (peek.file.survey) page += fmt::format("  {} rows", grouped(peek.file.survey->records));
  page += fmt::format("  {} bytes\n", grouped(peek.file.file->size()));
  for (const auto& line : peek.file.evidence) page += "  " + line + '\n';
  if (!peek.types.empty()) describe_columns(peek, page);
  if (peek.file.survey) describe_damage(*peek.file.survey, page);
  describe_rows(peek, width, page);
  return page;
}

Result<void> print_rows(const std::string& path, const model::FormatOptions& options, RowFormat row_format, const Write& write) {
  const auto file = ALJ_TRY(inspect(path, options, Depth::head));
  const bool objects = row_format == RowFormat::json;
  const auto& start = objects ? file.start : file.table_start;
  BlockReader blocks(ALJ_TRY(open_bytes(file, start.byte_from)), file.dialect, start);
  std::string out = objects ? "[" : "";
  bool first = true;
  while (const auto* block = ALJ_TRY(blocks.next())) {
    for (const auto& record : format::records_of(*block, file.dialect)) {
      if (objects) out += std::exchange(first, false) ? "\n  " : ",\n  ";
      if (objects && file.format == FileFormat::json_lines) {
        out += record.fields.front();
      } else if (objects) {
        append_object(record, file.columns, out);
      } else {
        append_record(record, out);
      }
    }
    if (auto written = write(out); !written) return written;
    out.clear();
  }
  return objects ? write(first ? "]\n" : "\n]\n") : Result<void>{};
}

}  // namespace aljibe::pipeline
