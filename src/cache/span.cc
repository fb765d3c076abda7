#include "cache/span.h"

#include <algorithm>
#include <cmath>

namespace aljibe::cache {
namespace {

using model::Stored;

/// The first value of a place in an order, if it is a number.
std::optional<double> number_in(const std::vector<Stored>& place) { return place.empty() ? std::nullopt : as_number(place.front()); }

/// The nearest float that is not above, or not below.
float rounded_down(double number) {
  const auto rounded = static_cast<float>(number);
  return static_cast<double>(rounded) > number ? std::nextafter(rounded, -std::numeric_limits<float>::infinity()) : rounded;
}
float rounded_up(double number) { return -rounded_down(-number); }

}  // namespace

std::optional<double> as_number(const Stored& value) {
  if (!value.is_number()) return std::nullopt;
  return value.tag == Stored::Tag::integer ? static_cast<double>(value.integer) : value.real;
}

/// Outer ends are rounded outwards and inner ones inwards. An integer may be rounded on its way to a double too, which keeps what
/// is less from becoming more: so a row whose number lies beyond an end, as doubles, stands beyond it.
Span span_of(const query::Window& window) {
  Span span;
  const auto after = number_in(window.after), beyond = number_in(window.beyond);
  const auto first = window.first.empty() ? after : number_in(window.first);
  const auto last = window.last.empty() || window.beyond.empty() ? beyond : number_in(window.last);
  const bool is_ascending = window.order.front().direction == query::Direction::ascending;
  for (const auto& end : {is_ascending ? after : beyond, is_ascending ? first : last}) {
    if (end) span.inner_least = std::max(span.inner_least, rounded_up(*end));
  }
  for (const auto& end : {is_ascending ? beyond : after, is_ascending ? last : first}) {
    if (end) span.inner_most = std::min(span.inner_most, rounded_down(*end));
  }
  if (const auto& end = is_ascending ? after : beyond) span.outer_least = rounded_down(*end);
  if (const auto& end = is_ascending ? beyond : after) span.outer_most = rounded_up(*end);
  return span;
}

}  // namespace aljibe::cache
