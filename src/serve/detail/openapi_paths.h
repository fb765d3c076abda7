#pragma once

#include <string>

#include "serve/detail/json_text.h"
#include "serve/detail/openapi_verbs.h"
#include "serve/rules.h"

namespace aljibe::serve::detail {

/// What kind of relation it is, its key, and which tables in `visible` can be embedded in its rows.
std::string describe_table(const model::Catalogue& visible, const model::Table& table);

/// The path of a table with an operation for each verb.
void write_table_path(JsonText& json, const Described& described, const Rules& rules);
/// The named endpoints whose tables are in `visible`.
void write_endpoint_paths(JsonText& json, const model::Catalogue& visible, const Rules& rules);

}  // namespace aljibe::serve::detail
