#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/type.h"

namespace aljibe::model {

/// How a column's stored values compare with operands and with each other, where it can be told without the database.
enum class Comparing : std::uint8_t {
  unknown,  // a collation or a mixture that only the database knows
  stored,   // with each other as model::compare says, but operands are converted first
  numbers,  // the same, and operands are numbers
  bytes     // the same, and operands are texts
};

struct Column {
  std::string name;
  Type type;
  bool nullable = true;
  bool has_default = false;
  std::string comment;  // for people: OpenAPI's description
  bool is_typed = true;  // false: nothing is declared (an expression of a view), so each value has the type it is stored with
  Comparing comparing = Comparing::unknown;

  friend bool operator==(const Column&, const Column&) = default;
};

struct ForeignKey {
  std::string name;  // the constraint's; empty when it has none
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> target_columns;

  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

/// The column of a table that a view's column shows unchanged.
struct Origin {
  std::string table;
  std::string column;

  friend bool operator==(const Origin&, const Origin&) = default;
};

/// An index of the words in some columns.
struct TextIndex {
  std::string name;
  std::vector<std::size_t> columns;        // of the table
  std::vector<std::string> index_columns;  // what the index calls them
  std::string key;                         // the table's column that the index knows rows by; empty: the rowid

  friend bool operator==(const TextIndex&, const TextIndex&) = default;
};

enum class Relation : std::uint8_t { table, view };

/// The shape of a table or view. Names are those of the database, compared exactly.
struct Table {
  std::string name;
  Relation relation = Relation::table;
  std::vector<Column> columns;
  std::vector<std::size_t> primary_key;               // indices into columns, in key order; empty when there is none
  std::vector<std::vector<std::size_t>> unique_keys;  // beside the primary key
  std::vector<ForeignKey> foreign_keys;
  bool has_rowid = true;                              // SQLite: not declared WITHOUT ROWID; false for views
  std::vector<std::optional<Origin>> origins;         // of a view, one for each column
  std::vector<TextIndex> text_indexes;
  bool is_logged = false;                             // every change of its rows is told (store::Database::changes)
  bool has_triggers = false;                          // of somebody else's, which a change sets off

  /// Index of the column with this name.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const;
  /// The table as if it had only these columns; keys and indexes with another one among theirs are gone.
  [[nodiscard]] Table narrowed_to(const std::vector<bool>& columns) const;
  friend bool operator==(const Table&, const Table&) = default;
};

/// Every table that is served, ordered by name, as of one schema version of the database.
struct Catalogue {
  std::vector<Table> tables;
  std::uint64_t schema_version = 0;

  /// Null when there is no such table. The pointer lives as long as the catalogue.
  [[nodiscard]] const Table* find(std::string_view table) const;
};

}  // namespace aljibe::model
