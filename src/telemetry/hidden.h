#pragma once

#include <string>
#include <string_view>

namespace aljibe::telemetry {

/// A request's target as it may stand in a log: of parameters that carry secrets, and of tokens wherever they stand, only that they are
/// there ("?apikey=***&limit=3").
std::string without_secrets(std::string_view target);

}  // namespace aljibe::telemetry
