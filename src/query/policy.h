#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/query.h"

namespace aljibe::query {

/// Which columns; nothing: all of them.
using Columns = std::optional<std::vector<std::string>>;
bool includes(const Columns& columns, std::string_view column);

/// What an asker may see of one table. Of a table without one in Policies nothing may be seen.
struct Policy {
  Columns columns;
  std::vector<Filter> filters;            // joined by AND: the rows
  std::optional<std::uint64_t> rows_max;  // of one response

  [[nodiscard]] bool shows(std::string_view column) const { return includes(columns, column); }
};

/// What an asker may change in one table, and into what.
struct WritePolicy {
  Columns columns;
  Columns merged;               // of a row that an upsert finds in its place, beside its key
  std::vector<Filter> touched;  // joined by AND: rows that may be changed or removed, as they are before
  std::vector<Filter> result;   // joined by AND: what every row must be afterwards
};

/// One text for all policies that let the same be seen.
std::string canonical(const Policy& policy);

}  // namespace aljibe::query
