#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pipeline/catalogue.h"

namespace aljibe::pipeline {

/// What can be wrong with a record, or look wrong and be right.
enum class Damage : std::uint8_t {
  short_row, long_row, bad_integer, bad_decimal, integer_over_range, invalid_utf8, stray_quote, duplicate_key, unknown_category,
  nul_byte, bare_return, blank_line, embedded_newline, literal_null, huge_field, unclosed_quote, byte_order_mark
};
inline constexpr std::size_t damages_count = 17;

std::string_view name(Damage damage);

/// What a reader should make of a damaged record.
struct Truth {
  Damage damage = Damage::short_row;
  std::uint64_t record = 0;     // from 1, without header; 0: the file as a whole
  std::uint64_t line = 0;       // of the record's first byte; the header is line 1
  std::string_view column;      // empty: the record as a whole
  std::optional<Code> code;     // of the reject, by a pipeline with the columns' types, key and reference; nothing: a legal row
};

/// A catalogue in which records at known places are damaged, evenly spread and each class in turn. Two fields have 1 MiB; the last
/// record's quote is never closed; a byte order mark stands at the start.
class DamagedCatalogue {
 public:
  /// Rows that a ratio needs, so that each class occurs and damaged records do not touch.
  static bool is_possible(std::uint64_t rows, double ratio);

  /// Needs: is_possible(catalogue.rows(), ratio).
  DamagedCatalogue(const Catalogue& catalogue, double ratio);

  [[nodiscard]] static std::string_view beginning() { return "\xEF\xBB\xBF"; }
  void append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const;
  /// In the order of the file.
  [[nodiscard]] std::vector<Truth> truths() const;

 private:
  struct Spot {
    std::uint64_t row = 0;
    Damage damage = Damage::short_row;
    std::uint64_t turn = 0;  // how often this class occurred before: chooses among its forms
  };
  [[nodiscard]] Spot spot(std::uint64_t number) const;
  void append_damaged(std::string& out, const Spot& spot) const;

  const Catalogue& catalogue_;
  std::uint64_t count_;
};

/// One truth as a line of amazon_products.truth.jsonl.
void append_json_line(std::string& out, const Truth& truth);

}  // namespace aljibe::pipeline
