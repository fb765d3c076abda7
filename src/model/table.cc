#include "model/table.h"

#include <algorithm>

namespace aljibe::model {

std::optional<std::size_t> Table::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &Column::name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

const Table* Catalogue::find(std::string_view table) const {
  const auto found = std::ranges::lower_bound(tables, table, {}, &Table::name);
  return found != tables.end() && found->name == table ? &*found : nullptr;
}

}  // namespace aljibe::model
