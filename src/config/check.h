#pragma once

#include <vector>

#include "base/error.h"
#include "config/settings.h"

namespace aljibe::config {

/// What no single key can know: settings that contradict each other. Each problem is config_value_invalid with its place.
std::vector<Error> check(const Settings& settings);

}  // namespace aljibe::config
