#pragma once

#include <vector>

#include "base/error.h"
#include "serve/detail/openapi_verbs.h"

namespace aljibe::serve::detail {

/// The codes of base/error_table.inc with which `verb` may be refused, in the table's order.
std::vector<Code> codes_of(Verb verb);
/// Their statuses, ascending, each once.
std::vector<int> statuses_of(const std::vector<Code>& codes);

}  // namespace aljibe::serve::detail
