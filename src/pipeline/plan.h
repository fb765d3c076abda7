#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/load.h"
#include "pipeline/load.h"

namespace aljibe::pipeline {

/// What load() would do, as a text for a person: for each source how it is read, the columns and their types, the table's
/// definition, about how many rows and how long. Changes nothing, and makes no database.
///
/// Errors: what inspect() reports, config_value_invalid.
Result<std::string> plan(std::span<const model::Load> loads, const LoadOptions& options);

}  // namespace aljibe::pipeline
