#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aljibe::store::sqlite {

// What SQLite keeps only in the text of a CREATE statement. Any text is safe: what cannot be understood is not there.

/// One for each foreign key of a table, in the order in which they are declared; empty where it has no name.
std::vector<std::string> foreign_key_names(std::string_view create_table);

/// The table or view whose rows a view shows, each at most once; nothing when it might do anything else.
std::optional<std::string> projected_table(std::string_view create_view);

/// The arguments of an FTS5 table.
struct Fts5 {
  std::vector<std::string> columns;  // that are indexed
  std::optional<std::string> content;
  std::string content_rowid;
};
std::optional<Fts5> fts5_arguments(std::string_view create_virtual_table);

}  // namespace aljibe::store::sqlite
