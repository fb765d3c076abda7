#pragma once

#include "base/result.h"
#include "config/settings.h"
#include "serve/access.h"

namespace aljibe::app {

/// Who may do what.
/// Errors: config_value_invalid for a policy that cannot be understood, with its place.
Result<serve::Access> access_of(const config::Settings& settings);

}  // namespace aljibe::app
