#include "pipeline/draft_names.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.h"

namespace aljibe::pipeline {
namespace {

std::string stem_of(const std::string& path) {
  constexpr std::array<std::string_view, 9> endings{".gz", ".zst", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".tab"};
  std::string name = std::filesystem::path(path).filename().string();
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (const auto ending : endings) {
      if (name.size() <= ending.size() || !equal_ignoring_case(std::string_view(name).substr(name.size() - ending.size()), ending)) continue;
      name.resize(name.size() - ending.size());
      has_changed = true;
    }
  }
  return name;
}

bool is_separator(char letter) { return letter == '_' || letter == '-' || letter == '.' || letter == ' '; }

/// Bytes that all names begin with, up to and with a separator; each name keeps some of itself.
std::size_t common_prefix(const std::vector<std::string>& names) {
  if (names.size() < 2) return 0;
  std::size_t bytes = names[0].size();
  for (const auto& name : names) {
    const auto end = std::ranges::mismatch(name, names[0]).in1;
    bytes = std::min({bytes, static_cast<std::size_t>(end - name.begin()), name.size() - 1});
  }
  while (bytes > 0 && !is_separator(names[0][bytes - 1])) --bytes;
  return bytes;
}

std::string as_name(std::string_view text) {
  std::string name;
  for (const char letter : text) {
    const bool is_plain = letter < 0 || letter == '_' || (letter >= '0' && letter <= '9') || (to_lower(letter) >= 'a' && to_lower(letter) <= 'z');
    name += is_plain ? letter : '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty()) return "data";
  return name[0] >= '0' && name[0] <= '9' ? "t_" + name : name;
}

/// "categories" → "category", "boxes" → "box", "products" → "product".
std::string singular(std::string_view plural) {
  const auto ends = [plural](std::string_view ending) { return plural.size() > ending.size() + 1 && plural.ends_with(ending); };
  std::string word(plural);
  if (ends("ies")) return word.substr(0, word.size() - 3) + "y";
  if (ends("ses") || ends("xes") || ends("ches") || ends("shes")) return word.substr(0, word.size() - 2);
  if (ends("s") && !ends("ss")) word.pop_back();
  return word;
}

std::string squeezed(std::string_view name) {
  std::string letters = to_lower(name);
  std::erase_if(letters, is_separator);
  return letters;
}

}  // namespace

DraftNames draft_names(const std::vector<std::string>& paths) {
  DraftNames names;
  std::vector<std::string> stems;
  for (const auto& path : paths) stems.push_back(stem_of(path));
  const auto prefix = common_prefix(stems);
  for (const auto& stem : stems) {
    const auto name = as_name(std::string_view(stem).substr(prefix));
    auto distinct = name;
    for (int number = 2; std::ranges::find(names.tables, distinct) != names.tables.end(); ++number) distinct = name + "_" + std::to_string(number);
    names.tables.push_back(std::move(distinct));
  }
  if (prefix > 0) names.whole = as_name(std::string_view(stems[0]).substr(0, prefix));
  else names.whole = names.tables.size() == 1 ? names.tables[0] : "data";
  return names;
}

bool names_key_of(std::string_view column, std::string_view table, std::string_view key) {
  const auto name = squeezed(column);
  const auto key_name = squeezed(key);
  if (name == key_name) return key_name != "id" && key_name != "code" && key_name != "name";
  for (const auto& owner : {squeezed(table), squeezed(singular(to_lower(table)))}) {
    if (name == owner || name == owner + key_name || name == owner + "id") return true;
  }
  return false;
}

bool sounds_like_key(std::string_view column) {
  constexpr std::array<std::string_view, 12> words{"id", "key", "code", "asin", "sku", "isbn", "ean", "uuid", "guid", "number", "no", "pk"};
  const auto lower = to_lower(column);
  return std::ranges::any_of(words, [&](std::string_view word) {
    if (lower == word) return true;
    if (!lower.ends_with(word)) return false;
    const char before = column[column.size() - word.size() - 1];
    return is_separator(before) || (column[column.size() - word.size()] >= 'A' && column[column.size() - word.size()] <= 'Z' && before >= 'a');
  });
}

}  // namespace aljibe::pipeline
