#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/columns.h"
#include "model/load.h"
#include "model/table.h"
#include "pipeline/checks.h"

namespace aljibe::pipeline {

struct SourceColumn {
  std::string name;
  model::Type type;  // where the rules declare none
};

/// What templates may name beside columns.
struct Facts {
  std::string file;
  std::string run;
};

/// By "table.column", for the foreign keys that are to be checked.
using References = std::map<std::string, std::shared_ptr<const ReferenceSet>>;

/// How the records of one source become rows of one table: rename, drop, trim, null-if, convert, derive, check.
class Mapping {
 public:
  /// Errors: config_value_invalid (a rule for no column, a name twice, a template or check that cannot be).
  static Result<std::shared_ptr<const Mapping>> of(const model::Load& load, std::span<const SourceColumn> source, const Facts& facts, const References& references);
  virtual ~Mapping() = default;

  /// The table that its rows fit, keys included.
  [[nodiscard]] virtual const model::Table& table() const = 0;
  /// One for each thread; it must not outlive the mapping.
  [[nodiscard]] virtual std::unique_ptr<format::RowMaker> rows() const = 0;
};

}  // namespace aljibe::pipeline
