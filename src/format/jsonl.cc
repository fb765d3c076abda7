#include "format/jsonl.h"

#include <algorithm>

#include "format/json_walk.h"

namespace aljibe::format {
namespace {

/// As a CSV file would have it: nulls are empty without quotes.
Cell cell_of(const JsonCell& cell) { return {cell.text, cell.kind == JsonKind::text || cell.kind == JsonKind::nested}; }

}  // namespace

JsonRows::JsonRows(std::unique_ptr<RowMaker> inner, std::vector<std::string> columns)
    : inner_(std::move(inner)), columns_(std::move(columns)), walker_(std::make_unique<JsonWalker>()) {}

JsonRows::~JsonRows() = default;

std::optional<Fault> JsonRows::make(std::span<const Cell> cells, const model::Position& position, Arena& arena, model::Value* row) {
  members_.assign(columns_.size(), Cell{});
  std::optional<Fault> fault;
  std::size_t expected = 0;  // members usually come in the order of the columns
  const auto take = [&](std::string_view key, const JsonCell& cell) {
    if (expected >= columns_.size() || columns_[expected] != key) {
      expected = static_cast<std::size_t>(std::ranges::find(columns_, key) - columns_.begin());
    }
    if (expected == columns_.size()) {
      fault = Fault{Code::row_long, std::string(key), "A member that no object in the first part of the file has."};
      return false;
    }
    members_[expected++] = cell_of(cell);
    return true;
  };
  const bool is_object = walker_->object(cells[0].text, arena, take);
  if (fault) return fault;
  if (!is_object) return Fault{Code::json_invalid, {}, "The line is not a well-formed JSON object."};
  return inner_->make(members_, position, arena, row);
}

std::vector<std::string> json_columns(std::string_view head) {
  std::vector<std::string> columns;
  JsonWalker walker;
  const auto take = [&](std::string_view key, const JsonCell&) {
    if (std::ranges::find(columns, key) == columns.end()) columns.emplace_back(key);
    return true;
  };
  while (!head.empty()) {
    Arena arena;
    const auto line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    const auto known = columns.size();
    if (!walker.object(line, arena, take)) columns.resize(known);
  }
  return columns;
}

}  // namespace aljibe::format
