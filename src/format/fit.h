#pragma once

#include "base/result.h"
#include "format/arena.h"
#include "format/json_walk.h"
#include "model/batch.h"
#include "model/table.h"

namespace aljibe::format {

/// A value that a client sent for `column`, as its declared type has it. Text columns take everything as it was written,
/// json columns as JSON; a decimal is rounded to its scale; other types read the text by the rules of `convert`.
///
/// In:      a cell that is not absent.
/// Errors:  value_invalid, value_overflows.   Threads: any; texts point into the cell or the arena.
Result<model::Value> fit(const JsonCell& cell, const model::Column& column, Arena& arena);

/// Whether two values of one column are the same.
bool is_same(const model::Value& left, const model::Value& right);

}  // namespace aljibe::format
