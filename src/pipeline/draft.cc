#include "pipeline/draft.h"

#include <algorithm>

#include <fmt/format.h>

#include "pipeline/draft_names.h"

namespace aljibe::pipeline {
namespace {

using format::ColumnSummary;
using model::Kind;

constexpr std::uint64_t duplicates_share = 100;  // a key may repeat in one row of so many, and is marked
constexpr std::uint64_t nulls_share = 50;
constexpr std::uint64_t strangers_share = 20;    // one different value in so many may be unknown to the other table
constexpr std::size_t key_bytes_max = 64;

bool can_be_key(const DraftColumn& column, const ColumnSummary& summary) {
  const auto kind = column.guess.type.kind;
  if (kind != Kind::integer && kind != Kind::text) return false;
  const auto values = summary.values();
  if (values == 0 || summary.nulls * nulls_share > summary.rows) return false;
  if (summary.distinct.is_given_up() || summary.distinct.duplicates() * duplicates_share > values) return false;
  return summary.bytes_max <= key_bytes_max || column.guess.misfits > 0 || sounds_like_key(column.name);
}

/// What makes a column that could be the key likely to be it; 0: nothing but chance.
int key_score(const DraftColumn& column, std::size_t index) {
  return (sounds_like_key(column.name) ? 2 : 0) + (index == 0 ? 1 : 0);
}

void choose_key(DraftTable& table, const FileFacts& file) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!can_be_key(table.columns[i], file.summaries[i]) || key_score(table.columns[i], i) == 0) continue;
    if (!best || key_score(table.columns[i], i) > key_score(table.columns[*best], *best)) best = i;
  }
  if (!best) return;
  auto& column = table.columns[*best];
  column.is_key = true;
  const auto& summary = file.summaries[*best];
  if (const auto repeated = summary.distinct.duplicates(); repeated > 0) {
    column.doubt = fmt::format("{} {} a key that was there before; the first stands, the others are rejected", repeated, repeated == 1 ? "row has" : "rows have");
  } else if (!summary.distinct.is_exact()) {
    column.doubt = "too many values to prove that no key occurs twice";
  }
}

std::string misfit_doubt(const DraftColumn& column) {
  const auto& guess = column.guess;
  return fmt::format("{} {} no {}, such as \"{}\" in record {}; {} rejected", guess.misfits, guess.misfits == 1 ? "value is" : "values are",
                     model::to_text(guess.type), guess.misfit->text, guess.misfit->record, guess.misfits == 1 ? "it is" : "they are");
}

DraftTable table_of(const FileFacts& file, const std::string& name) {
  DraftTable table{.path = file.path, .name = name, .rows = file.rows};
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    DraftColumn column{.name = file.columns[i], .guess = format::guess(file.summaries[i])};
    if (column.guess.misfits > 0) column.doubt = misfit_doubt(column);
    table.columns.push_back(std::move(column));
  }
  choose_key(table, file);
  table.notes = file.evidence;
  if (file.damaged > 0) table.notes.push_back(fmt::format("{} records are damaged and will be rejected", file.damaged));
  if (file.rows == 0) table.notes.emplace_back("no rows: every column is taken for text");
  return table;
}

const DraftColumn* key_of(const DraftTable& table) {
  const auto key = std::ranges::find(table.columns, true, &DraftColumn::is_key);
  return key == table.columns.end() ? nullptr : &*key;
}

/// Declares the reference from `column` to the key of `target` when name, type and values agree.
void try_reference(DraftTable& table, DraftColumn& column, const ColumnSummary& values, const DraftTable& target, const ColumnSummary& keys) {
  const auto* const key = key_of(target);
  if (column.references || column.is_key || !names_key_of(column.name, target.name, key->name)) return;
  if (column.guess.type.kind != key->guess.type.kind || values.values() == 0) return;
  if (!values.distinct.is_exact() || !keys.distinct.is_exact()) {
    table.notes.push_back(fmt::format("{} may point at {}.{}: too many values to prove it, no reference declared", column.name, target.name, key->name));
    return;
  }
  const auto strangers = values.distinct.missing_in(keys.distinct);
  if (strangers * strangers_share > values.distinct.count()) {
    table.notes.push_back(fmt::format("{} of {} different {} are not in {}.{}: no reference declared", strangers, values.distinct.count(), column.name, target.name, key->name));
    return;
  }
  column.references = model::Reference{.table = target.name, .column = key->name};
  if (strangers == 0) {
    table.notes.push_back(fmt::format("every {} is found in {}.{}: reference declared", column.name, target.name, key->name));
    return;
  }
  column.doubt += fmt::format("{}{} of {} different values {} not in {}.{}; such rows are rejected", column.doubt.empty() ? "" : "; ", strangers,
                              values.distinct.count(), strangers == 1 ? "is" : "are", target.name, key->name);
}

void find_references(std::vector<DraftTable>& tables, const std::vector<FileFacts>& files) {
  for (std::size_t from = 0; from < tables.size(); ++from) {
    for (std::size_t to = 0; to < tables.size(); ++to) {
      const auto* const key = key_of(tables[to]);
      if (from == to || key == nullptr) continue;
      const auto& keys = files[to].summaries[static_cast<std::size_t>(key - tables[to].columns.data())];
      for (std::size_t i = 0; i < tables[from].columns.size(); ++i) {
        try_reference(tables[from], tables[from].columns[i], files[from].summaries[i], tables[to], keys);
      }
    }
  }
}

bool refers_to(const DraftTable& table, const std::vector<DraftTable>& others) {
  return std::ranges::any_of(table.columns, [&](const DraftColumn& column) {
    return column.references && std::ranges::find(others, column.references->table, &DraftTable::name) != others.end();
  });
}

/// Those without references to what is left come first; a circle stays in the order of the files.
std::vector<DraftTable> in_load_order(std::vector<DraftTable> left) {
  std::vector<DraftTable> ordered;
  while (!left.empty()) {
    auto next = std::ranges::find_if(left, [&](const DraftTable& table) { return !refers_to(table, left); });
    if (next == left.end()) next = left.begin();
    ordered.push_back(std::move(*next));
    left.erase(next);
  }
  return ordered;
}

}  // namespace

Draft make_draft(const std::vector<FileFacts>& files) {
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  const auto names = draft_names(paths);
  std::vector<DraftTable> tables;
  for (std::size_t i = 0; i < files.size(); ++i) tables.push_back(table_of(files[i], names.tables[i]));
  find_references(tables, files);
  return {.database = "sqlite:" + names.whole + ".db", .pipeline = names.whole, .tables = in_load_order(std::move(tables))};
}

}  // namespace aljibe::pipeline
