#pragma once

#include <limits>
#include <optional>

#include "model/stored.h"
#include "query/footprint.h"

namespace aljibe::cache {

/// Where a page begins and ends in the first column of its order: what lies outside of the outer ends surely stands outside of
/// the page and of what it tells of its neighbours, what lies inside of the inner ones surely stands on it.
struct Span {
  static constexpr float endless = std::numeric_limits<float>::infinity();

  float outer_least = -endless, inner_least = -endless;
  float inner_most = endless, outer_most = endless;
  [[nodiscard]] bool is_endless() const { return outer_least == -endless && inner_least == -endless && inner_most == endless && outer_most == endless; }
};

Span span_of(const query::Window& window);

std::optional<double> as_number(const model::Stored& value);

}  // namespace aljibe::cache
