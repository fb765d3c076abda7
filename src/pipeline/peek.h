#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/csv.h"
#include "format/infer.h"
#include "model/load.h"
#include "pipeline/inspect.h"

namespace aljibe::pipeline {

/// What `aljibe peek` shows of a file.
struct Peek {
  Inspection file;
  std::vector<format::Guess> types;        // one a column
  std::vector<std::uint64_t> empty_cells;  // one a column: neither text nor quotes
  std::vector<format::Record> first_rows;
};

/// Reads the whole file: its dialect with evidence, types, damage, and the first `rows_max` rows.
///
/// Errors:  those of inspect().
Result<Peek> peek(const std::string& path, const model::FormatOptions& options, std::size_t rows_max = 5);

/// The page that a person reads: no colours, lines within `width` columns.
std::string describe(const Peek& peek, std::size_t width = 100);

enum class RowFormat : std::uint8_t { csv, json };
/// Takes a piece of output; its error ends the printing.
using Write = std::function<Result<void>(std::string_view piece)>;

/// Every row as it is understood, the header first in CSV: short and long rows with the fields that they have, nothing rejected.
/// JSON is one array of objects.
Result<void> print_rows(const std::string& path, const model::FormatOptions& options, RowFormat format, const Write& write);

}  // namespace aljibe::pipeline
