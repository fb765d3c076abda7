#pragma once

#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "query/query.h"

namespace aljibe::query::detail {

/// `title,price::text,n:count(),categories!inner(name)`: the value of select.
Result<std::vector<Selection>> parse_select(std::string_view text, const Limits& limits);

/// `price.desc.nullslast,categories(name)`: the value of order.
Result<std::vector<Sorting>> parse_order(std::string_view text, const Limits& limits);

}  // namespace aljibe::query::detail
