#include "pipeline/infer_rows.h"

namespace aljibe::pipeline {

void Summaries::merge(const std::vector<format::ColumnSummary>& part) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].merge(part[i]);
}

std::optional<format::Fault> InferRows::make(std::span<const format::Cell> cells, const model::Position& position, format::Arena&,
                                             model::Value*) {
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].add(cells[i], position.record);
  return std::nullopt;
}

}  // namespace aljibe::pipeline
