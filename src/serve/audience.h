#pragma once

#include <memory>

#include "base/limits.h"
#include "base/result.h"
#include "model/table.h"
#include "serve/question.h"
#include "serve/rules.h"

namespace aljibe::serve {

/// Says of a question what its caller may see, and for whom else the answer is the same: those for whom the policies, with the claims'
/// values filled in, are equal in every table that is read. `last` is what the tables looked like last, or null; it only decides how many
/// callers can share an answer.
/// Errors: forbidden.
Result<void> set_audience(Question& question, const Rules& rules, const Caller& caller, const std::shared_ptr<const model::Catalogue>& last, const Limits& limits);

}  // namespace aljibe::serve
