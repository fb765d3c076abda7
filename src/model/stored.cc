#include "model/stored.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "base/seeded.h"
#include "base/text.h"

namespace aljibe::model {
namespace {

constexpr double two_to_63 = 9'223'372'036'854'775'808.0;

std::weak_ordering reversed(std::weak_ordering order) { return 0 <=> order; }

std::weak_ordering compare(std::int64_t left, double right) {
  if (right >= two_to_63) return std::weak_ordering::less;
  if (right < -two_to_63) return std::weak_ordering::greater;
  const double whole = std::trunc(right);
  const auto integer = static_cast<std::int64_t>(whole);
  if (left != integer) return left <=> integer;
  const double rest = right - whole;
  return rest > 0 ? std::weak_ordering::less : rest < 0 ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering compare(double left, double right) {
  return left < right ? std::weak_ordering::less : left > right ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

int class_of(const Stored& value) {
  switch (value.tag) {
    case Stored::Tag::null: return 0;
    case Stored::Tag::integer:
    case Stored::Tag::real: return 1;
    case Stored::Tag::text: return 2;
    case Stored::Tag::blob: return seeded(Bug::blob_compared_as_text) ? 2 : 3;
  }
  return 0;
}

}  // namespace

bool operator==(const Stored& left, const Stored& right) {
  return left.tag == right.tag && left.integer == right.integer && std::bit_cast<std::uint64_t>(left.real) == std::bit_cast<std::uint64_t>(right.real) && left.bytes == right.bytes;
}

std::weak_ordering compare(const Stored& left, const Stored& right) {
  if (const auto order = class_of(left) <=> class_of(right); order != 0) return order;
  if (!left.is_number()) return left.bytes.compare(right.bytes) <=> 0;
  if (left.tag == Stored::Tag::integer && right.tag == Stored::Tag::integer) return left.integer <=> right.integer;
  if (left.tag == Stored::Tag::integer) return compare(left.integer, right.real);
  if (right.tag == Stored::Tag::integer) return reversed(compare(right.integer, left.real));
  return compare(left.real, right.real);
}

std::string describe(const Stored& value) {
  constexpr std::size_t shown_max = 80;
  switch (value.tag) {
    case Stored::Tag::null: return "null";
    case Stored::Tag::integer: return std::to_string(value.integer);
    case Stored::Tag::real: {
      std::array<char, 32> digits;
      return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value.real).ptr};
    }
    case Stored::Tag::text: return "'" + shortened(value.bytes, shown_max) + "'";
    case Stored::Tag::blob: {
      std::string text = "x'";
      append_hex(text, std::string_view(value.bytes).substr(0, shown_max / 2));
      return text + "'";
    }
  }
  return {};
}

}  // namespace aljibe::model
