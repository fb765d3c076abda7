#pragma once

#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "query/detail/field.h"
#include "query/query.h"

namespace aljibe::query::detail {

/// `price` and `gte.10` of `price=gte.10`.
Result<Filter> parse_comparison(Field field, std::string_view value, const Limits& limits);

/// `(a.eq.1,or(b.gt.2,c.is.null))` of `and=…` and its kin.
Result<Filter> parse_tree(Condition::Node node, bool negated, std::string_view value, const Limits& limits);

}  // namespace aljibe::query::detail
