#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/infer.h"
#include "model/load.h"
#include "pipeline/infer_rows.h"

namespace aljibe::pipeline {

/// What was seen of one file.
struct FileFacts {
  std::string path;
  std::vector<std::string> columns;
  std::vector<format::ColumnSummary> summaries;  // one a column
  std::uint64_t rows = 0;
  std::uint64_t damaged = 0;                     // records that cannot become rows
  std::vector<std::string> evidence;             // about the dialect, for a person
};

struct DraftColumn {
  std::string name;
  format::Guess guess;
  bool is_key = false;
  std::optional<model::Reference> references;
  std::string doubt;  // what a person should check; empty when nothing is doubtful
};

/// A table as it will stand in aljibe.yaml, and why.
struct DraftTable {
  std::string path;
  std::string name;
  std::uint64_t rows = 0;
  std::vector<DraftColumn> columns;
  std::vector<std::string> notes;  // sentences for the report
};

struct Draft {
  std::string database;  // sqlite:amazon.db
  std::string pipeline;
  std::vector<DraftTable> tables;  // those that others refer to stand before them
};

/// Decides names, types, keys and references: keys by uniqueness and by name, references by name and only where every value, or all but
/// a few, was found in the other table's key.
Draft make_draft(const std::vector<FileFacts>& files);

/// The text of aljibe.yaml.
std::string to_yaml(const Draft& draft);

/// One or two lines a table, for a person.
std::vector<std::string> to_report(const Draft& draft);

}  // namespace aljibe::pipeline
