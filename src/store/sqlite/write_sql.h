#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "query/plan.h"
#include "store/database.h"
#include "store/sqlite/write_rows.h"

namespace aljibe::store::sqlite {

struct Blob {
  std::string bytes;
};

/// A parameter's value. Views point into the plan, the rest lives here: both must outlive the binding. A writer goes to
/// aljibe_object and its kin.
using Parameter = std::variant<std::monostate, std::int64_t, double, std::string_view, std::string, Blob, const RowWriter*>;

/// SQL text that depends only on the shape of a plan, so that it is found in the statement cache, and its parameters.
struct Sql {
  std::string text;
  std::vector<Parameter> parameters;
  std::vector<std::unique_ptr<const RowWriter>> writers;  // what the parameters point to
};

/// One page: the outputs, then, when there is a cursor, the values of `order`, for limit + 1 rows.
/// Errors: operator_unsupported, value_invalid.
Result<Sql> page_sql(const query::Plan& plan, const Shape& shape);

/// The identities of the rows that the plan selects, in its order, without a row more than its limit.
Result<Sql> identities_sql(const query::Plan& plan);

/// How many rows the condition selects, without paging; a count with `rows_max` stops there.
Result<Sql> count_sql(const query::Plan& plan, std::optional<std::int64_t> rows_max = std::nullopt);

}  // namespace aljibe::store::sqlite
