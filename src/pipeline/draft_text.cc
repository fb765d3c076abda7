#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "format/json_out.h"
#include "pipeline/draft.h"

namespace aljibe::pipeline {
namespace {

using model::Kind;

/// Whether YAML reads `text` as this very text without quotes, in block and in flow.
bool is_plain(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>({"true", "false", "yes", "no", "on", "off", "null", "y", "n"});
  if (text.empty() || text.back() == ':' || text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:-") != std::string_view::npos) return false;
  if (std::ranges::any_of(words, [text](std::string_view word) { return equal_ignoring_case(word, text); })) return false;
  return text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == 0;
}

/// A YAML scalar. JSON's strings are YAML's double-quoted ones.
std::string scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string quoted;
  format::append_json_text(quoted, text);
  return quoted;
}

std::string comment(const DraftColumn& column) {
  if (!column.doubt.empty()) return "  # check me: " + column.doubt;
  if (!column.guess.note.empty()) return "  # " + column.guess.note + ": stays text";
  return {};
}

bool needs_line(const DraftColumn& column) {
  return column.guess.type.kind != Kind::text || column.references || !column.doubt.empty() || !column.guess.note.empty();
}

std::string column_line(const DraftColumn& column) {
  const auto type = model::to_text(column.guess.type);
  const auto rule = column.references ? fmt::format("{{type: {}, references: {}}}", type, scalar(column.references->table + "." + column.references->column)) : type;
  return fmt::format("        {}: {}{}\n", scalar(column.name), rule, comment(column));
}

std::string load_step(const DraftTable& table) {
  std::string text = fmt::format("    - load: {}\n      into: {}\n      mode: replace\n", scalar(table.path), scalar(table.name));
  const auto key = std::ranges::find(table.columns, true, &DraftColumn::is_key);
  if (key != table.columns.end()) {
    text += fmt::format("      key: {}\n", scalar(key->name));
  } else {
    text += "      # check me: no column was found that identifies a row; with one, say key: NAME\n";
  }
  if (std::ranges::any_of(table.columns, needs_line)) text += "      columns:\n";
  for (const auto& column : table.columns) {
    if (needs_line(column)) text += column_line(column);
  }
  return text;
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string column_summary(const DraftColumn& column) {
  std::string text = column.name;
  const auto type = column.guess.type;
  if (column.is_key) {
    text += " → key";
    if (!column.guess.note.empty()) text += " (text: " + column.guess.note + ")";
    return text;
  }
  if (type.kind != Kind::text) text += " " + model::to_text(type);
  if (!column.guess.note.empty()) text += " (text: " + column.guess.note + ")";
  return text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string table_line(const DraftTable& table, std::size_t path_width, std::size_t name_width) {
  std::vector<std::string> columns;
  for (const auto& column : table.columns) {
    if (column.is_key) columns.insert(columns.begin(), column_summary(column));
    else columns.push_back(column_summary(column));
  }
  return fmt::format("{:<{}} {:>11} rows   {:<{}}   {}", table.path, path_width, grouped(table.rows), table.name, name_width, joined(columns, ", "));
}

}  // namespace

std::string to_yaml(const Draft& draft) {
  std::string text = "# Written by aljibe init, which looked at every row. Change what you like; aljibe check says whether it still fits.\n";
  text += fmt::format("database: {}\n\ntables:\n", scalar(draft.database));
  for (const auto& table : draft.tables) text += fmt::format("  {}:\n    roles: {{anonymous: [read]}}\n", scalar(table.name));
  text += fmt::format("\npipelines:\n  {}:\n", scalar(draft.pipeline));
  for (const auto& table : draft.tables) text += load_step(table);
  return text;
}

std::vector<std::string> to_report(const Draft& draft) {
  std::size_t path_width = 0;
  std::size_t name_width = 0;
  for (const auto& table : draft.tables) {
    path_width = std::max(path_width, table.path.size());
    name_width = std::max(name_width, table.name.size());
  }
  std::vector<std::string> lines;
  for (const auto& table : draft.tables) {
    lines.push_back(table_line(table, path_width, name_width));
    if (!table.notes.empty()) lines.push_back("  " + joined(table.notes, " · "));
    for (const auto& column : table.columns) {
      if (!column.doubt.empty()) lines.push_back("  check " + column.name + ": " + column.doubt);
    }
  }
  return lines;
}

}  // namespace aljibe::pipeline
