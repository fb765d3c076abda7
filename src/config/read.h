#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/reference.h"
#include "config/settings.h"

namespace aljibe::config {

struct Reading {
  std::optional<Settings> settings;  // only when there is no problem
  std::vector<Error> problems;       // in file order, each `file:line:column: …`; the first ones when there are many
};

/// Reads aljibe.yaml whole, so that all mistakes are told at once.
///
/// In:      `yaml` is the text, `file` its path for messages and for Settings::file, `resolve` fetches references.
/// Errors:  config_syntax, config_key_unknown (with the key that was probably meant), config_value_invalid,
///          config_reference. A value that came from a reference is never shown.
Reading read(std::string_view yaml, const std::string& file, const Resolve& resolve);

}  // namespace aljibe::config
