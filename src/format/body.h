#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "format/arena.h"
#include "format/json_walk.h"

namespace aljibe::format {

/// The rows that a client sends, as they were sent: cells[row * names.size() + column].
struct Body {
  std::vector<std::string> names;
  std::vector<JsonCell> cells;
  std::size_t rows_count = 0;
  bool is_list = false;  // an array or CSV, not one object
  Arena arena;           // what the cells point into

  [[nodiscard]] const JsonCell* row(std::size_t index) const { return cells.data() + index * names.size(); }
};

/// What is done with an object that has other keys than the first one.
enum class Uneven : std::uint8_t { refused, allowed };

/// An object or an array of objects. With `columns` those are the names: other members are ignored, and missing ones are
/// absent. Without, the names are the members' in the order in which they first occur. Of two members with one name the
/// later one counts.
/// Errors: body_invalid.
Result<Body> read_json_body(std::string_view text, const std::vector<std::string>& columns, Uneven uneven, const Limits& limits);

/// CSV with a header; a bare NULL is null, everything else a text.
/// Errors: body_invalid.
Result<Body> read_csv_body(std::string_view text, const std::vector<std::string>& columns, const Limits& limits);

}  // namespace aljibe::format
