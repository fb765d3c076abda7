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

/// The pipeline of this name, or all of them when it is empty.
/// Errors: pipeline_unknown, with the one that was probably meant.
Result<std::vector<config::Pipeline>> pipelines_of(const config::Settings& settings, const std::string& name);

/// "shop/" of "shop/aljibe.yaml"; empty for the current folder.
std::string folder_of(const std::string& file);

/// `wanted`, or as many as this process has cores when that is 0.
unsigned thread_count(unsigned wanted);

}  // namespace aljibe::app
