#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/command.h"
#include "base/result.h"
#include "config/settings.h"

namespace aljibe::app {

/// The bytes of a small file. Errors: file_unreadable with the reason.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

/// Fetches what ${env:…} and ${file:…} name; the injected half of config::resolve_references.
Result<std::string> resolve_reference(std::string_view scheme, std::string_view name);

/// Reads the configuration that the arguments name. Every problem but the last is printed; the last is the error.
/// Errors: config_missing (with the command that makes one), file_unreadable, and those of config::read.
Result<config::Settings> read_settings(const Arguments& arguments);

}  // namespace aljibe::app
