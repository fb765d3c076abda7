#pragma once

#include <string>

#include "base/result.h"
#include "model/load.h"
#include "pipeline/load.h"

namespace aljibe::pipeline {

/// Loads the records of a rejects file again, after the configuration or their `raw` has been mended. They join the table's
/// rows: `load` is the step that rejected them; its replace becomes append. What still does not fit is in a new rejects file; the old one is
/// renamed to NAME.replayed, and is not loaded twice.
///
/// Errors: file_unreadable, json_invalid, and those of load().
Result<RunReport> replay(const std::string& rejects_file, const model::Load& load, const LoadOptions& options, Progress& progress);

}  // namespace aljibe::pipeline
