#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "format/infer.h"

namespace aljibe::pipeline {

/// Collects the summaries of the threads that read one file.
class Summaries {
 public:
  explicit Summaries(std::size_t columns_count) : columns_(columns_count) {}
  void merge(const std::vector<format::ColumnSummary>& part);
  /// The whole, once every maker is gone.
  [[nodiscard]] const std::vector<format::ColumnSummary>& columns() const { return columns_; }
  [[nodiscard]] std::vector<format::ColumnSummary> take() { return std::move(columns_); }

 private:
  std::mutex mutex_;
  std::vector<format::ColumnSummary> columns_;
};

/// Makes no values: looks at cells, and gives its summary to `into` when it is destroyed.
class InferRows final : public format::RowMaker {
 public:
  InferRows(std::shared_ptr<Summaries> into, std::size_t columns_count) : into_(std::move(into)), columns_(columns_count) {}
  ~InferRows() override { into_->merge(columns_); }
  [[nodiscard]] std::size_t columns_count() const override { return 0; }
  std::optional<format::Fault> make(std::span<const format::Cell> cells, const model::Position& position, format::Arena& arena,
                                    model::Value* row) override;

 private:
  std::shared_ptr<Summaries> into_;
  std::vector<format::ColumnSummary> columns_;
};

}  // namespace aljibe::pipeline
