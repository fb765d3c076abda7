#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/type.h"

namespace aljibe::model {

/// Where a setting stands in aljibe.yaml; 1-based; 0 when it is a default.
struct Place {
  int line = 0;
  int column = 0;
  /// Two settings are the same wherever in the file they stand.
  friend bool operator==(const Place&, const Place&) { return true; }
};

struct Reference {
  std::string table;
  std::string column;
};

/// How one column is read, changed and checked. Absent settings leave the column as the file has it.
struct ColumnRule {
  std::string name;                        // in the file, or of the derived column
  Place place;
  std::optional<std::string> rename;
  bool drop = false;
  std::optional<Type> type;
  bool trim = false;
  bool required = false;                   // null is a reject
  std::vector<std::string> null_if;        // texts that mean null
  std::vector<std::string> true_words;
  std::vector<std::string> false_words;
  std::optional<std::string> constant;
  std::optional<std::string> derive;       // template: "https://…/${asin}", also ${source.file}, ${source.record}, ${run}
  std::optional<std::string> minimum;
  std::optional<std::string> maximum;
  std::optional<std::uint64_t> length_min; // characters
  std::optional<std::uint64_t> length_max;
  std::optional<std::string> pattern;      // RE2, whole value
  std::vector<std::string> enumeration;
  bool unique = false;
  std::optional<Reference> references;
};

enum class Mode : std::uint8_t { append, replace, upsert };

struct FormatOptions {
  std::optional<std::string> format;       // csv, jsonl
  std::optional<std::string> encoding;     // utf-8, utf-16, windows-1252, iso-8859-1 …
  std::optional<std::string> delimiter;
  std::optional<std::string> quote;
  std::optional<std::string> escape;
  std::optional<bool> header;
  std::optional<std::uint64_t> skip_lines;
};

/// One step of a pipeline: a source into a table.
struct Load {
  Place place;
  std::string source;                      // path or glob, relative to the configuration file
  std::string table;
  Mode mode = Mode::replace;
  std::vector<std::string> key;            // primary key columns, by their names in the table
  FormatOptions options;
  std::vector<ColumnRule> columns;
  std::uint64_t rejects_max = 1'000'000;
  double rejects_ratio_max = 0.05;
};

}  // namespace aljibe::model
