#include "format/columns.h"

namespace aljibe::format {

std::optional<Fault> TextRows::make(std::span<const Cell> cells, const model::Position&, Arena&, model::Value* row) {
  for (const auto& cell : cells) *row++ = model::Value::of_text(cell.text);
  return std::nullopt;
}

std::optional<Fault> TypedRows::make(std::span<const Cell> cells, const model::Position&, Arena& arena, model::Value* row) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& cell = cells[i];
    if (cell.text.empty() && !cell.quoted) {
      row[i] = model::Value();
      continue;
    }
    if (const auto code = convert(cell.text, columns_[i].conversion, arena, row[i])) {
      return Fault{*code, columns_[i].name, complaint(*code, cell.text, columns_[i].conversion.type)};
    }
  }
  return std::nullopt;
}

}  // namespace aljibe::format
