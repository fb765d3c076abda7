#pragma once

#include <optional>
#include <string_view>

#include "query/plan.h"

namespace aljibe::query {

/// "eq" → Operator::eq, and back: the words of the dialect.
std::optional<Operator> operator_of(std::string_view word);
std::string_view word_of(Operator op);

/// "avg" → Aggregate::avg, and back.
std::optional<Aggregate> aggregate_of(std::string_view word);
std::string_view word_of(Aggregate aggregate);

/// Whether the operator takes `(any)` and `(all)`.
bool takes_quantifier(Operator op);

}  // namespace aljibe::query
