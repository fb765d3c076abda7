#include "serve/prefer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace aljibe::serve {
namespace {

using query::Count;

constexpr auto counts = std::to_array<std::pair<std::string_view, Count>>(
    {{"exact", Count::exact}, {"planned", Count::planned}, {"estimated", Count::estimated}});

constexpr auto of_writes = std::to_array<std::string_view>(
    {"return=representation", "return=minimal", "return=headers-only", "resolution=merge-duplicates",
     "resolution=ignore-duplicates", "missing=default", "missing=null", "tx=commit", "tx=rollback"});

std::string_view text_of(Count count) {
  for (const auto& [text, value] : counts) {
    if (value == count) return text;
  }
  return {};
}

/// Whether `word` is a preference that this server knows; takes what it says, unless an earlier one has said it.
bool take(std::string_view word, Preferences& preferences) {
  if (word == "handling=strict" || word == "handling=lenient") {
    if (!preferences.handling) preferences.handling = word == "handling=strict" ? Handling::strict : Handling::lenient;
    return true;
  }
  for (const auto& [text, value] : counts) {
    if (word.size() != 6 + text.size() || !word.starts_with("count=") || word.substr(6) != text) continue;
    if (preferences.count == Count::none) preferences.count = value;
    return true;
  }
  return std::ranges::find(of_writes, word) != of_writes.end() || word.starts_with("max-affected=") || word.starts_with("timezone=");
}

}  // namespace

std::string Preferences::applied() const {
  std::string text;
  if (count != Count::none) text += "count=" + std::string(text_of(count));
  if (handling) text += std::string(text.empty() ? "" : ", ") + (*handling == Handling::strict ? "handling=strict" : "handling=lenient");
  return text;
}

Result<Preferences> read_preferences(std::string_view prefer) {
  Preferences preferences;
  std::string unknown;
  while (!prefer.empty()) {
    const auto comma = std::min(prefer.find(','), prefer.size());
    const auto word = trim(prefer.substr(0, comma));
    prefer.remove_prefix(std::min(comma + 1, prefer.size()));
    if (word.empty() || take(word, preferences)) continue;
    unknown += (unknown.empty() ? "" : ", ") + std::string(word.substr(0, 100));
  }
  if (!unknown.empty() && preferences.handling == Handling::strict) {
    return fail(Code::prefer_invalid, "Invalid preferences given with handling=strict", "Invalid preferences: " + unknown);
  }
  return preferences;
}

}  // namespace aljibe::serve
