#pragma once

#include <vector>

#include "serve/detail/json_text.h"
#include "serve/detail/openapi_verbs.h"

namespace aljibe::serve::detail {

/// What requests for any table may carry beside a filter for each of its columns, as far as `verbs` use it.
void write_shared_parameters(JsonText& json, const std::vector<Verb>& verbs);
/// A filter for each column of the table.
void write_filters(JsonText& json, const Described& described);

/// The items of "parameters" of an operation: references to the above.
void write_parameter_references(JsonText& json, const model::Table& table, Verb verb);

}  // namespace aljibe::serve::detail
