#include "cache/value_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "base/seeded.h"

namespace aljibe::cache {
namespace {

using model::Stored;

/// Numbers that are equal have one key, whether they are stored as integers or as doubles.
std::int64_t number_of(const Stored& value) {
  if (value.tag == Stored::Tag::integer) return value.integer;
  constexpr double two_to_63 = 9'223'372'036'854'775'808.0;
  const bool is_whole = !seeded(Bug::index_tells_integers_from_doubles) && std::trunc(value.real) == value.real && value.real >= -two_to_63 && value.real < two_to_63;
  return is_whole ? static_cast<std::int64_t>(value.real) : std::bit_cast<std::int64_t>(value.real);
}

}  // namespace

std::uint64_t value_key(std::size_t column, const Stored& value) {
  if (value.is_null()) return no_key;
  if (value.is_number()) {
    struct Parts {
      std::uint64_t column;
      std::int64_t number;
    };
    const auto bytes = std::bit_cast<std::array<char, sizeof(Parts)>>(Parts{.column = column, .number = number_of(value)});
    return std::max<std::uint64_t>(hash128({bytes.data(), bytes.size()}).low, 1);
  }
  std::string text(1, value.tag == Stored::Tag::text ? 't' : 'b');
  text += std::to_string(column) + ':' + value.bytes;
  return std::max<std::uint64_t>(hash128(text).low, 1);
}

}  // namespace aljibe::cache
