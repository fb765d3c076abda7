#pragma once

#include <string>
#include <string_view>

#include "serve/detail/json_text.h"
#include "serve/detail/openapi_verbs.h"

namespace aljibe::serve::detail {

inline constexpr std::string_view error_schema = "rest.error";

/// What a row of `table` is called as `verb` carries it: "products" as it is read, "products.insert", "products.update".
std::string row_schema(const model::Table& table, Verb verb);

/// The members "type" and "format" of a value of `column`.
void write_type(JsonText& json, const model::Column& column);

/// A row as each verb of the table carries it. References are told to tables in `visible` only.
void write_schemas(JsonText& json, const model::Catalogue& visible, const Described& described);
void write_error_schema(JsonText& json);

}  // namespace aljibe::serve::detail
