// A delimiter is judged by what it makes of the file: the share of records with the most common width, times the share of cells that look
// like one thing (a number, a date, a word) rather than several things stuck together. The second factor is what tells "1,5;2,5" apart.
// (van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019, score alike.)
#include "format/dialect.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace aljibe::format {
namespace {

constexpr std::string_view delimiters = ",;\t|~^: ";
constexpr std::size_t sample_bytes = 256 * 1024;
constexpr std::size_t sample_records = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Numbers, amounts, dates and times: a digit, and around it only what such texts are made of.
bool looks_like_number(std::string_view text) {
  return std::ranges::any_of(text, is_digit) && std::ranges::all_of(text, [](char c) {
           return is_digit(c) || std::string_view("+-.,:/ %$eETZ").find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
         });
}

bool looks_like_one_thing(std::string_view text) {
  return text.empty() || looks_like_number(text) || text.find_first_of(",;\t|~^") == std::string_view::npos;
}

struct Score {
  double value = 0;
  std::size_t width = 1;
};

Score score(const std::vector<Record>& records, char delimiter) {
  std::map<std::size_t, std::size_t> widths;
  std::size_t cells = 0;
  std::size_t single = 0;
  for (const auto& record : records) {
    ++widths[record.fields.size()];
    for (const auto& field : record.fields) {
      ++cells;
      if (looks_like_one_thing(field)) ++single;
    }
  }
  if (widths.empty()) return {};
  const auto common = std::ranges::max_element(widths, {}, [](const auto& entry) { return entry.second; });
  if (common->first < 2) return {};
  const double consistent = static_cast<double>(common->second) / static_cast<double>(records.size());
  const bool is_rare = delimiter == ' ' || delimiter == ':';
  if (is_rare && (consistent < 0.8 || common->first < 3)) return {};
  return {consistent * static_cast<double>(single) / static_cast<double>(cells) * (is_rare ? 0.9 : 1.0), common->first};
}

LineBreak line_break_of(std::string_view head) {
  return head.find('\n') == std::string_view::npos && head.find('\r') != std::string_view::npos ? LineBreak::cr : LineBreak::lf;
}

/// Quotes by apostrophes only if they clearly frame fields and `"` does not.
char quote_of(std::string_view head, Dialect dialect) {
  const auto framing = [&](char quote) {
    dialect.quote = quote;
    return count_quotes(head, dialect, 0).framing;
  };
  return framing('\'') >= 4 && framing('\'') > 4 * framing('"') ? '\'' : '"';
}

LeadingSpace leading_space_of(std::string_view head, const Dialect& dialect) {
  const std::string spaced{dialect.delimiter, ' ', dialect.quote};
  const std::string tight{dialect.delimiter, dialect.quote};
  if (dialect.delimiter == ' ' || dialect.quote == '\0') return LeadingSpace::kept;
  return head.find(spaced) != std::string_view::npos && head.find(tight) == std::string_view::npos ? LeadingSpace::skipped : LeadingSpace::kept;
}

Result<char> one_character(const std::optional<std::string>& option, std::string_view what) {
  static constexpr std::pair<std::string_view, char> words[] = {{"tab", '\t'}, {"\\t", '\t'}, {"space", ' '}, {"none", '\0'}, {"", '\0'}};
  for (const auto& [word, meant] : words) {
    if (*option == word) return meant;
  }
  if (option->size() == 1 && *option != "\n" && *option != "\r") return option->front();
  return fail(Code::dialect_unclear, fmt::format("The {} must be one ASCII character, not '{}'.", what, *option));
}

Result<void> apply(const model::FormatOptions& options, Dialect& dialect) {
  if (options.delimiter) {
    // ", " is a comma whose fields begin after a blank.
    const bool spaced = options.delimiter->size() == 2 && options.delimiter->back() == ' ';
    dialect.delimiter = ALJ_TRY(one_character(spaced ? options.delimiter->substr(0, 1) : *options.delimiter, "delimiter"));
    if (spaced) dialect.leading_space = LeadingSpace::skipped;
  }
  if (options.quote) dialect.quote = ALJ_TRY(one_character(options.quote, "quote"));
  if (options.escape) dialect.escape = *options.escape == "\\" || *options.escape == "backslash" ? Escape::backslash : Escape::doubled;
  if (options.header) dialect.header = *options.header;
  if (options.skip_lines) dialect.skip_lines = *options.skip_lines;
  return {};
}

void choose_delimiter(std::string_view sample, End end, Dialect& dialect) {
  Score best;
  Dialect tried = dialect;
  for (const char delimiter : delimiters) {
    tried.delimiter = delimiter;
    tried.quote = dialect.quote == '\0' ? '\0' : quote_of(sample, tried);
    const Score found = score(read_records(sample, tried, end, sample_records), delimiter);
    if (found.value <= best.value) continue;
    best = found;
    dialect.delimiter = delimiter;
  }
}

std::size_t filled_cells(const Record& record) {
  return static_cast<std::size_t>(std::ranges::count_if(record.fields, [](const auto& field) { return !trim(field).empty(); }));
}

std::size_t common_width(const std::vector<Record>& records) {
  std::map<std::size_t, std::size_t> widths;
  for (const auto& record : records) ++widths[record.fields.size()];
  return widths.empty() ? 0 : std::ranges::max_element(widths, {}, [](const auto& entry) { return entry.second; })->first;
}

/// Records before the table: titles, notes and empty rows, none of which fills half of the table's width.
std::size_t preamble_records(const std::vector<Record>& records) {
  constexpr std::size_t preamble_max = 20;
  const std::size_t width = common_width(records);
  if (width < 3) return 0;
  for (std::size_t i = 0; i < std::min(records.size(), preamble_max); ++i) {
    if (records[i].fields.size() <= width + 1 && filled_cells(records[i]) * 2 > width) return i;
  }
  return 0;
}

/// A header is distinct texts, none of them a number, that do not come again below; a file of one record has none to compare with and its
/// first record is taken as the header.
bool has_header(std::span<const Record> records) {
  if (records.empty()) return false;
  const auto& first = records.front().fields;
  std::set<std::string_view> seen;
  for (const auto& field : first) {
    const auto text = trim(field);
    if (text.empty()) continue;
    if (looks_like_number(text) || text.find("://") != std::string_view::npos || !seen.insert(text).second) return false;
  }
  if (seen.empty()) return false;
  return std::ranges::none_of(records.subspan(1), [&](const Record& record) { return record.fields == first; });
}

std::vector<std::string> column_names(const std::vector<std::string>& header, std::size_t width) {
  std::vector<std::string> names;
  std::set<std::string> used;
  for (std::size_t i = 0; i < width; ++i) {
    std::string name(i < header.size() ? trim(header[i]) : std::string_view());
    if (name.empty()) name = fmt::format("column_{}", i + 1);
    std::string distinct = name;
    for (int copy = 2; !used.insert(to_lower(distinct)).second; ++copy) distinct = fmt::format("{}_{}", name, copy);
    names.push_back(std::move(distinct));
  }
  return names;
}

}  // namespace

void QuoteEvidence::add(const QuoteEvidence& other) {
  doubled += other.doubled;
  backslashed += other.backslashed;
  framing += other.framing;
}

QuoteEvidence count_quotes(std::string_view bytes, const Dialect& dialect, std::size_t margin) {
  QuoteEvidence evidence;
  if (dialect.quote == '\0' || bytes.size() < 2 * margin) return evidence;
  const auto at = [&](std::size_t i) { return i < bytes.size() ? bytes[i] : '\n'; };
  const auto frames = [&](char c) { return c == dialect.delimiter || c == '\n' || c == '\r' || (c == ' ' && dialect.leading_space == LeadingSpace::skipped); };
  for (std::size_t i = bytes.find(dialect.quote, margin); i < bytes.size() - margin; i = bytes.find(dialect.quote, i + 1)) {
    const char before = i == 0 ? '\n' : bytes[i - 1];
    const char after = at(i + 1);
    if (frames(before) != frames(after)) ++evidence.framing;
    if (before == '\\' && !frames(after) && after != dialect.quote) ++evidence.backslashed;
    if (after == dialect.quote && !frames(before) && before != dialect.quote && before != '\\') ++evidence.doubled;
  }
  return evidence;
}

Result<Detected> detect(std::string_view head, End end, const model::FormatOptions& options) {
  std::string_view sample = head.substr(0, sample_bytes);
  const End sample_end = sample.size() < head.size() ? End::more_follows : end;
  Dialect dialect;
  dialect.line_break = line_break_of(sample);
  if (auto applied = apply(options, dialect); !applied) return std::unexpected(applied.error());
  if (!options.delimiter) choose_delimiter(sample, sample_end, dialect);
  if (!options.quote) dialect.quote = quote_of(sample, dialect);
  if (dialect.leading_space == LeadingSpace::kept) dialect.leading_space = leading_space_of(sample, dialect);
  if (!options.escape && count_quotes(head, dialect, 0).means_backslash()) dialect.escape = Escape::backslash;

  Detected detected;
  detected.start = {.record = 0, .line = 1, .byte_from = 0, .byte_to = 0};
  for (; detected.start.line <= dialect.skip_lines; ++detected.start.line) {
    const auto found = head.find(dialect.record_end(), detected.start.byte_from);
    detected.start.byte_from = found == std::string_view::npos ? head.size() : found + 1;
  }
  auto records = read_records(head.substr(detected.start.byte_from), dialect, end, sample_records);
  if (!options.skip_lines) {
    const std::size_t preamble = preamble_records(records);
    if (preamble > 0) {
      const auto& table = records[preamble].position;
      dialect.skip_lines = table.line - 1;
      detected.start.line = table.line;
      detected.start.byte_from = table.byte_from;
      records = read_records(head.substr(table.byte_from), dialect, end, sample_records);
      detected.evidence.push_back(fmt::format("{} lines before the table are skipped", dialect.skip_lines));
    }
  }
  if (!options.header) dialect.header = has_header(records);

  detected.table_start = detected.start;
  const bool named = dialect.header && !records.empty();
  detected.columns = column_names(named ? records[0].fields : std::vector<std::string>(), named ? records[0].fields.size() : common_width(records));
  if (named) {
    const std::size_t next_line = records[0].position.byte_to;
    const auto header = head.substr(detected.start.byte_from, next_line);
    detected.start.line += static_cast<std::uint64_t>(std::ranges::count(header, dialect.record_end()));
    detected.start.byte_from += next_line;
  }
  detected.dialect = dialect;
  return detected;
}

}  // namespace aljibe::format
