#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "query/detail/scanner.h"
#include "query/plan.h"

namespace aljibe::query::detail {

/// A column, or a place inside it.
struct Field {
  std::string column;
  JsonPath path;
  bool is_quoted = false;  // the column's name stood in quotes, so that it is no word of the grammar
};

/// `price`, `"odd name"`, `extra->tags->0->>name`, up to one of `stops`. An empty column is the caller's to refuse.
Result<Field> parse_field(Scanner& scanner, std::string_view stops);

/// Whether an unquoted key is the index of an array: digits, with or without a minus.
bool is_index(std::string_view key);

}  // namespace aljibe::query::detail
