#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "format/columns.h"
#include "model/batch.h"

namespace aljibe::format {

/// How a quote is written inside a quoted field. A doubled quote is understood under both.
enum class Escape : std::uint8_t { doubled, backslash };
/// lf ends a record at LF, alone or after CR; cr at CR, and LF is an ordinary byte (old Macintosh files).
enum class LineBreak : std::uint8_t { lf, cr };
/// What a quote is that neither opens nor closes a field: text, as spreadsheets take it, or a reason to reject.
enum class StrayQuote : std::uint8_t { literal, rejected };
/// Whether blanks after a delimiter belong to the field that follows.
enum class LeadingSpace : std::uint8_t { kept, skipped };

/// How the bytes of a file become records and fields. docs/formats/csv.md tells what is done with damage.
struct Dialect {
  char delimiter = ',';
  char quote = '"';  // '\0': no byte quotes
  Escape escape = Escape::doubled;
  LineBreak line_break = LineBreak::lf;
  StrayQuote stray_quote = StrayQuote::literal;
  LeadingSpace leading_space = LeadingSpace::kept;
  bool header = true;            // the first record names the columns
  std::uint64_t skip_lines = 0;  // lines before the header, or before the first record

  /// Every line is one field: for JSON Lines.
  static Dialect lines() { return {.delimiter = '\0', .quote = '\0', .header = false}; }
  [[nodiscard]] char record_end() const { return line_break == LineBreak::lf ? '\n' : '\r'; }
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// Bytes that decoders may read, and ignore, past the end of what they are given.
inline constexpr std::size_t padding_bytes = 64;

enum class End : std::uint8_t { more_follows, end_of_source };

/// One record as it stands, for callers that want no types: fields hold their text, unquoted.
struct Record {
  model::Position position;
  std::vector<std::string> fields;
  std::vector<bool> quoted;
  Code fault = Code::internal;  // internal: none; else quote_open, row_too_large, line_break_stray, quote_stray
};

/// The first `records_max` records of `bytes`, one fault at most each; blank lines are passed over. Reads whole records only,
/// unless `end` says that nothing follows.
std::vector<Record> read_records(std::string_view bytes, const Dialect& dialect, End end, std::size_t records_max = SIZE_MAX);

/// What a block became: rows, and records that could not become rows, both in source order.
struct Decoded {
  model::Batch batch;
  std::vector<model::Reject> rejects;
};

class Block;

/// Decodes the whole records [block.from, block.to) of a block that a Splitter has cut, giving each record's fields to `maker`.
///
/// Rejects:  row_short, row_long, row_too_large, quote_open, quote_stray, utf8_invalid, nul_byte, line_break_stray, and
///           what `maker` refuses; at most one a record, the first in this order: size and quotes, NUL, UTF-8, CR, width.
/// Threads:  any, one block each.
Decoded decode(Block& block, const Dialect& dialect, std::span<const std::string> columns, RowMaker& maker);

/// The records of a cut block, whatever their width and damage.
std::vector<Record> records_of(const Block& block, const Dialect& dialect);

}  // namespace aljibe::format
