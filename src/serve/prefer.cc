#include "serve/prefer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace aljibe::serve {
namespace {

using query::Count;
using query::Resolution;

template <class Value>
using Word = std::pair<std::string_view, Value>;

constexpr auto resolutions = std::to_array<Word<Resolution>>({{"resolution=merge-duplicates", Resolution::merge}, {"resolution=ignore-duplicates", Resolution::ignore}});
constexpr auto missings = std::to_array<Word<Missing>>({{"missing=default", Missing::fallback}, {"missing=null", Missing::null}});
constexpr auto returns = std::to_array<Word<Return>>(
    {{"return=representation", Return::representation}, {"return=headers-only", Return::headers_only}, {"return=minimal", Return::minimal}});
constexpr auto counts = std::to_array<Word<Count>>({{"count=exact", Count::exact}, {"count=planned", Count::planned}, {"count=estimated", Count::estimated}});
constexpr auto ends = std::to_array<Word<End>>({{"tx=commit", End::commit}, {"tx=rollback", End::rollback}});
constexpr auto handlings = std::to_array<Word<Handling>>({{"handling=strict", Handling::strict}, {"handling=lenient", Handling::lenient}});

/// Whether `text` is one of `words`; the first of its kind is kept.
template <class Words, class Value>
bool take(std::string_view text, const Words& words, std::optional<Value>& kept) {
  const auto found = std::ranges::find(words, text, [](const auto& word) { return word.first; });
  if (found == words.end()) return false;
  if (!kept) kept = found->second;
  return true;
}

template <class Words, class Value>
void append(std::string& text, const Words& words, const std::optional<Value>& kept) {
  if (!kept) return;
  const auto found = std::ranges::find(words, *kept, [](const auto& word) { return word.second; });
  if (found != words.end()) text.append(text.empty() ? "" : ", ").append(found->first);
}

bool take_affected(std::string_view text, std::optional<std::uint64_t>& kept) {
  constexpr std::string_view name = "max-affected=";
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return false;
  if (!kept) kept = number;
  return true;
}

bool take(std::string_view text, Preferences& preferences, std::optional<Count>& count) {
  return take(text, resolutions, preferences.resolution) || take(text, missings, preferences.missing) || take(text, returns, preferences.returned) ||
         take(text, counts, count) || take(text, ends, preferences.end) || take(text, handlings, preferences.handling) ||
         take_affected(text, preferences.affected_max);
}

}  // namespace

std::string Preferences::applied() const {
  std::string text;
  append(text, resolutions, resolution);
  append(text, missings, missing);
  append(text, returns, returned);
  append(text, counts, count == Count::none ? std::nullopt : std::optional(count));
  append(text, ends, end);
  append(text, handlings, handling);
  if (affected_max) text.append(text.empty() ? "" : ", ").append("max-affected=").append(std::to_string(*affected_max));
  return text;
}

Result<Preferences> read_preferences(std::string_view prefer) {
  Preferences preferences;
  std::optional<Count> count;
  std::string unknown;
  while (!prefer.empty()) {
    const auto comma = std::min(prefer.find(','), prefer.size());
    const auto word = trim(prefer.substr(0, comma));
    prefer.remove_prefix(std::min(comma + 1, prefer.size()));
    if (word.empty() || take(word, preferences, count)) continue;
    unknown += (unknown.empty() ? "" : ", ") + std::string(word.substr(0, 100));
  }
  preferences.count = count.value_or(Count::none);
  if (!unknown.empty() && preferences.handling == Handling::strict) {
    return fail(Code::prefer_invalid, "Invalid preferences given with handling=strict", "Invalid preferences: " + unknown);
  }
  if (preferences.handling != Handling::strict) preferences.affected_max.reset();
  return preferences;
}

std::vector<std::string_view> preference_words(std::optional<query::Action> action) {
  std::vector<std::string_view> all;
  const auto add = [&](const auto& words) { std::ranges::transform(words, std::back_inserter(all), [](const auto& word) { return word.first; }); };
  if (action == query::Action::insert) add(resolutions), add(missings);
  if (action) add(returns);
  add(counts);
  add(ends);
  add(handlings);
  if (action == query::Action::update || action == query::Action::remove) all.emplace_back("max-affected=");
  return all;
}

}  // namespace aljibe::serve
