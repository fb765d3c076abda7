#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/columns.h"
#include "format/distinct.h"
#include "model/type.h"

namespace aljibe::format {

/// What one text looks like, by its form alone.
enum class Look : std::uint8_t {
  integer,         // fits int64, written as a computer would: no leading zero, no '+'
  code,            // digits with a leading zero: a code, not a number
  long_number,     // more than 15 significant digits: a double would change it
  decimal,
  exponent,        // 1.5e-3
  truth,           // true false
  truth_word,      // yes no, on off
  truth_letter,    // t f y n
  date,
  timestamp,
  text
};
inline constexpr std::size_t looks_count = 11;

Look look_of(std::string_view text);

/// Where a look was first seen.
struct Example {
  std::uint64_t record = 0;  // 0: never
  std::string text;          // its first bytes
};

/// What a column holds, summed up over any part of its cells. Parts merge in any order.
struct ColumnSummary {
  std::uint64_t rows = 0;
  std::uint64_t nulls = 0;    // empty and not quoted
  std::array<std::uint64_t, looks_count> counts{};
  std::array<Example, looks_count> examples{};
  std::size_t whole_digits_max = 0;     // before the decimal point, of integers and decimals
  std::size_t decimals_max = 0;
  double minimum = 0;                   // of numbers
  double maximum = 0;
  std::size_t bytes_max = 0;
  Distinct distinct;

  void add(const Cell& cell, std::uint64_t record);
  void merge(const ColumnSummary& other);
  [[nodiscard]] std::uint64_t count(Look look) const { return counts[static_cast<std::size_t>(look)]; }
  [[nodiscard]] const Example& example(Look look) const { return examples[static_cast<std::size_t>(look)]; }
  [[nodiscard]] std::uint64_t values() const { return rows - nulls; }
};

/// The type a column should have.
struct Guess {
  model::Type type;
  std::uint64_t misfits = 0;           // values that the type refuses: at most 2 %
  std::optional<Example> misfit;       // the first of them
  std::string note;                    // why it is text though it looks otherwise; empty when there is nothing to say
};

/// Decides by the whole column: up to 2 % of values that do not fit are taken for damage and reported, not obeyed.
Guess guess(const ColumnSummary& column);

}  // namespace aljibe::format
