#pragma once

#include "app/command.h"
#include "model/load.h"

namespace aljibe::app {

/// The options that override what is detected in a file: --format, --encoding, --delimiter …
void add_format_options(CLI::App& command, Arguments& arguments);
model::FormatOptions format_options(const Arguments& arguments);

}  // namespace aljibe::app
