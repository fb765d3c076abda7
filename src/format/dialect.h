#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/csv.h"
#include "model/load.h"

namespace aljibe::format {

/// What the bytes say about quotes, counted in a file of any length piece by piece.
struct QuoteEvidence {
  std::uint64_t doubled = 0;      // "" inside a quoted field
  std::uint64_t backslashed = 0;  // \" that cannot close a field, because text follows
  std::uint64_t framing = 0;      // quotes that follow a delimiter or line break, or come before one

  void add(const QuoteEvidence& other);
  [[nodiscard]] bool means_backslash() const { return backslashed > doubled; }
};

/// Counts in bytes[margin, size - margin), and looks at the margins.
QuoteEvidence count_quotes(std::string_view bytes, const Dialect& dialect, std::size_t margin);

/// What a dialect and the names of its columns were decided to be.
struct Detected {
  Dialect dialect;
  std::vector<std::string> columns;   // names: the header's, made distinct; else column_1 …
  model::Position start;              // where the first record stands, as StreamOptions::start
  model::Position table_start;        // the header, or the first record
  std::vector<std::string> evidence;  // sentences for a person
};

/// Decides what `options` leave open by the first part of a file, which is UTF-8 without byte order mark. `"` quotes unless another byte clearly does:
/// a head without quotes proves nothing about the rest.
///
/// Errors:  dialect_unclear (an option that cannot be, such as a delimiter of several characters).
Result<Detected> detect(std::string_view head, End end, const model::FormatOptions& options);

}  // namespace aljibe::format
