#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/batch.h"

namespace aljibe::model {

/// Typed rows that a client sent: values[row * columns_count + column].
struct Records {
  std::size_t columns_count = 0;
  std::size_t rows_count = 0;
  std::vector<Value> values;
  std::vector<bool> absent;            // at the places of `values`; empty: every value was sent
  std::shared_ptr<const void> bytes;   // keeps alive what values point into

  [[nodiscard]] const Value* row(std::size_t index) const { return values.data() + index * columns_count; }
  [[nodiscard]] bool is_absent(std::size_t row, std::size_t column) const { return !absent.empty() && absent[row * columns_count + column]; }
};

}  // namespace aljibe::model
