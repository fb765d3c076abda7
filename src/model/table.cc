#include "model/table.h"

#include <algorithm>

namespace aljibe::model {

std::optional<std::size_t> Table::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &Column::name);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

Table Table::narrowed_to(const std::vector<bool>& kept) const {
  Table narrow = *this;
  std::vector<std::size_t> places(columns.size());
  narrow.columns.clear(), narrow.origins.clear();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    places[i] = narrow.columns.size();
    if (!kept[i]) continue;
    narrow.columns.push_back(columns[i]);
    if (!origins.empty()) narrow.origins.push_back(origins[i]);
  }
  const auto is_kept = [&](std::size_t column) { return kept[column]; };
  const auto moved = [&](std::vector<std::size_t> key) {
    if (!std::ranges::all_of(key, is_kept)) return std::vector<std::size_t>();
    for (auto& column : key) column = places[column];
    return key;
  };
  narrow.primary_key = moved(primary_key);
  for (auto& key : narrow.unique_keys) key = moved(std::move(key));
  for (auto& index : narrow.text_indexes) index.columns = moved(std::move(index.columns));
  std::erase_if(narrow.unique_keys, [](const auto& key) { return key.empty(); });
  std::erase_if(narrow.text_indexes, [](const TextIndex& index) { return index.columns.empty(); });
  std::erase_if(narrow.foreign_keys, [&](const ForeignKey& key) { return !std::ranges::all_of(key.columns, [&](const std::string& name) { return narrow.find(name).has_value(); }); });
  return narrow;
}

const Table* Catalogue::find(std::string_view table) const {
  const auto found = std::ranges::lower_bound(tables, table, {}, &Table::name);
  return found != tables.end() && found->name == table ? &*found : nullptr;
}

}  // namespace aljibe::model
