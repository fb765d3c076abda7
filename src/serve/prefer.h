#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/plan.h"

namespace aljibe::serve {

enum class Handling : std::uint8_t { lenient, strict };

/// What Prefer asks of a read.
struct Preferences {
  query::Count count = query::Count::none;
  std::optional<Handling> handling;

  /// "count=exact, handling=strict": what Preference-Applied says, in the dialect's order; empty when there is nothing.
  [[nodiscard]] std::string applied() const;
};

/// Reads the list of preferences; the first of each kind counts. What only writes use is known and left alone.
/// Errors: prefer_invalid under handling=strict, naming what is not known.   Source: RFC 7240; the dialect.
Result<Preferences> read_preferences(std::string_view prefer);

}  // namespace aljibe::serve
