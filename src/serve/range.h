#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::serve {

/// Rows, counted from 0.
struct RowRange {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> limit;  // none: to the end
};

/// "0-24", "10-", with or without "items="; nothing when the field is of another unit or not understood: then it is ignored
/// (RFC 9110 §14.2).
/// Errors: range_unsatisfiable when it ends before it begins.
Result<std::optional<RowRange>> read_range(std::string_view range);

/// "0-24/3573458", "0-14/*", "*/0".
std::string content_range(std::uint64_t offset, std::uint64_t rows, std::optional<std::uint64_t> total);

/// 206 when the rows are a part of a known whole, else 200.
/// Errors: range_unsatisfiable when a known whole ends before `offset`.
Result<int> range_status(std::uint64_t offset, std::uint64_t rows, std::optional<std::uint64_t> total);

}  // namespace aljibe::serve
