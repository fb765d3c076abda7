#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "query/policy.h"

namespace aljibe::query::detail {

/// "Did you mean 'price'?", or nothing.
std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates);

/// A column that `policy` shows; any column without a policy.
/// Errors: column_unknown, with the name that was probably meant.
Result<std::size_t> find_column(const model::Table& table, std::string_view name, const Policy* policy = nullptr);

}  // namespace aljibe::query::detail
