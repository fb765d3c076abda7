#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/load.h"
#include "pipeline/inspect.h"
#include "pipeline/mapping.h"

namespace aljibe::pipeline {

/// One file of a load, looked at.
struct PreparedFile {
  std::string name;          // as the configuration has it, or as its glob gives it
  Inspection inspection;
  std::string fingerprint;   // "SIZE:HASH": of its ends and of samples between
  std::vector<SourceColumn> columns;
};

/// A load whose sources are known.
struct Prepared {
  model::Load load;
  std::vector<PreparedFile> files;
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] std::uint64_t bytes() const;
};

/// Finds and inspects the files; reads them whole where a column's type is declared nowhere.
/// Errors: file_unreadable (also when a glob finds nothing), what inspect() reports.
Result<Prepared> prepare(const model::Load& load, const std::string& folder, std::size_t threads);

/// What rows are made of, as a text to compare: the same plan makes the same rows of the same bytes.
std::string plan_of(const Prepared& prepared);

}  // namespace aljibe::pipeline
