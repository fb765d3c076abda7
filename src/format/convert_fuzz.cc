// Differential: convert() against plain code that shares nothing with it: from_chars for integers and reals, long division of
// digits for decimals. The first byte chooses the type.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/convert.h"

namespace {

using aljibe::format::Arena;
using aljibe::format::Conversion;
using aljibe::model::Kind;
using aljibe::model::Type;
using aljibe::model::Value;

void expect(bool condition) {
  if (!condition) std::abort();
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void check_integer(std::string_view text) {
  Arena arena;
  Value value;
  const auto refusal = aljibe::format::convert(text, {.type = {Kind::integer}}, arena, value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = end == text.data() + text.size();
  if (error == std::errc() && is_whole) expect(!refusal && value.integer == number);
  if (error == std::errc::result_out_of_range && is_whole) expect(refusal == aljibe::Code::value_out_of_range);
}

/// Only "digits" and "digits.digits", which is nearly everything.
void check_decimal(std::string_view text, std::size_t scale) {
  Arena arena;
  Value value;
  const auto type = Type{Kind::decimal, 18, static_cast<std::uint8_t>(scale)};
  const auto refusal = aljibe::format::convert(text, {.type = type}, arena, value);
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  const auto rest = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  if (!is_plain(whole) || (dot != std::string_view::npos && !is_plain(rest))) return;
  std::string digits(whole);
  digits += rest.substr(0, scale);
  digits.append(scale - std::min(scale, rest.size()), '0');
  const bool is_exact = rest.size() <= scale || rest.substr(scale).find_first_not_of('0') == std::string_view::npos;
  const auto first = digits.find_first_not_of('0');
  const auto significant = first == std::string::npos ? 0 : digits.size() - first;
  if (!is_exact || significant > 18) {
    expect(refusal == aljibe::Code::value_out_of_range);
    return;
  }
  expect(!refusal && value.integer == (significant == 0 ? 0 : std::strtoll(digits.c_str() + first, nullptr, 10)));
}

void check_others(std::string_view text) {
  for (const auto kind : {Kind::real, Kind::boolean, Kind::date, Kind::timestamp, Kind::decimal}) {
    Arena arena;
    Value value;
    const Conversion conversion{.type = {kind}};
    const auto refusal = aljibe::format::convert(text, conversion, arena, value);
    if (refusal || (kind != Kind::timestamp && kind != Kind::date)) continue;
    // A value in its normal form is its own normal form.
    const std::string normal(value.view());
    Value again;
    expect(!aljibe::format::convert(normal, conversion, arena, again) && again.view() == normal);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_integer(text);
  check_decimal(text, data[0] % 19);
  check_others(text);
  return 0;
}
