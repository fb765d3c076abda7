#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "format/csv.h"

namespace aljibe::format {

/// What a whole file holds, counted without making rows. Positions are those of the source.
struct Survey {
  std::uint64_t records = 0;
  std::uint64_t quoted_records = 0;   // some field is quoted
  std::uint64_t doubled_records = 0;  // some field has a doubled or escaped quote inside
  std::uint64_t stray_records = 0;    // a quote stands where it neither opens nor closes
  std::uint64_t multiline_records = 0;
  std::map<std::uint32_t, std::uint64_t> widths;
  std::map<Code, std::uint64_t> damage;     // each record once
  model::Position first_other_width;        // of the first record that is not as wide as expected; record 0: none
  std::uint32_t first_other_width_fields = 0;

  void add(const Survey& later);
};

/// Counts the records of a block that a Splitter has cut, which should have `width` fields.
Survey survey(const Block& block, const Dialect& dialect, std::size_t width);

/// Sentences for a person: "quotes are doubled ("") in 6.0 % of the rows".
std::vector<std::string> describe(const Survey& survey, const Dialect& dialect, std::size_t width);

}  // namespace aljibe::format
