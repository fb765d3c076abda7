#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/change.h"
#include "query/plan.h"

namespace aljibe::serve {

enum class Handling : std::uint8_t { lenient, strict };
enum class Return : std::uint8_t { minimal, headers_only, representation };
enum class Missing : std::uint8_t { null, fallback };
enum class End : std::uint8_t { commit, rollback };

/// What Prefer asks; nothing where it says nothing.
struct Preferences {
  std::optional<query::Resolution> resolution;
  std::optional<Missing> missing;
  std::optional<Return> returned;
  query::Count count = query::Count::none;
  std::optional<End> end;
  std::optional<Handling> handling;
  std::optional<std::uint64_t> affected_max;  // only under handling=strict

  /// The part that a read heeds.
  [[nodiscard]] Preferences of_read() const { return {.count = count, .end = end, .handling = handling}; }
  /// "count=exact, handling=strict": what Preference-Applied says, in the dialect's order; empty when there is nothing.
  [[nodiscard]] std::string applied() const;
};

/// Reads the list of preferences; the first of each kind counts.
/// Errors: prefer_invalid under handling=strict, naming what is not known.   Source: RFC 7240; the dialect.
Result<Preferences> read_preferences(std::string_view prefer);

/// What Prefer may say to a change, or without an action to a read; a number follows "max-affected=".
std::vector<std::string_view> preference_words(std::optional<query::Action> action);

}  // namespace aljibe::serve
