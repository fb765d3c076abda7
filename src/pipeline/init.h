#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/load.h"

namespace aljibe::pipeline {

enum class Overwrite : std::uint8_t { refuse, allow };

struct InitOptions {
  std::vector<std::string> files;        // paths as they shall stand in the configuration
  std::string output = "aljibe.yaml";
  Overwrite overwrite = Overwrite::refuse;
  model::FormatOptions format;           // for all files; what is absent is detected
  unsigned threads = 0;                  // 0: as many as the machine has
};

struct Initialised {
  std::vector<std::string> report;       // lines for a person
  std::string yaml;
  std::size_t lines = 0;                 // of the configuration
  std::size_t doubts = 0;                // lines marked "check me"
};

/// Reads every row of the files and writes the configuration that loads them: tables, types, keys, and the references that the
/// data prove.
///
/// Errors:  usage_invalid (no files), file_exists, file_unreadable, file_empty, file_unwritable, disk_full, and those of inspect().
/// Threads: makes its own and joins them; `progress` is called on the caller's.
Result<Initialised> init(const InitOptions& options, const std::function<void(const std::string& path, std::uint64_t rows)>& progress = {});

}  // namespace aljibe::pipeline
