#pragma once

#include <vector>

#include "serve/detail/json_text.h"
#include "serve/detail/openapi_verbs.h"

namespace aljibe::serve::detail {

/// The headers that answers carry to what may be done to `tables`.
void write_headers(JsonText& json, const std::vector<Described>& tables);
/// One response for each status with which `verb` may be refused on one of the tables, naming the codes.
void write_failures(JsonText& json, Verb verb, const std::vector<Described>& tables);
/// The member "responses" of an operation on the table.
void write_responses(JsonText& json, const Described& described, Verb verb);

}  // namespace aljibe::serve::detail
