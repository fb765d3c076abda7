#pragma once

#include <string_view>

#include "base/result.h"
#include "model/type.h"
#include "query/plan.h"

namespace aljibe::query {

/// Whether `text` can be compared with a column of `type` by `op`; the words of the refusal are PostgreSQL's.
/// Errors: value_invalid, value_overflows, time_invalid, time_out_of_range.
Result<void> check_operand(std::string_view text, const model::Type& type, Operator op);

/// true, t, yes, y, on, 1 and their opposites, any case; nothing for other texts.
std::optional<bool> truth_of(std::string_view text);

}  // namespace aljibe::query
