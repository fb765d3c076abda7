#include "query/operand.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/text.h"

namespace aljibe::query {
namespace {

using model::Kind;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::unexpected<Error> refuse(std::string_view type, std::string_view text) {
  return fail(Code::value_invalid, "invalid input syntax for type " + std::string(type) + ": \"" + shortened(text) + "\"");
}

Result<void> check_integer(std::string_view text) {
  const auto digits = text.starts_with('+') ? text.substr(1) : text;
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault == std::errc::result_out_of_range) return fail(Code::value_overflows, "value \"" + std::string(text.substr(0, 100)) + "\" is out of range for type bigint");
  if (fault != std::errc() || end != digits.data() + digits.size() || text.starts_with("+-")) return refuse("bigint", text);
  return {};
}

Result<void> check_number(std::string_view text, std::string_view type) {
  const auto digits = text.starts_with('+') ? text.substr(1) : text;
  double number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool words = std::ranges::any_of(digits, [](char byte) { return (byte >= 'a' && byte <= 'z' && byte != 'e') || (byte >= 'A' && byte <= 'Z' && byte != 'E'); });
  if (fault != std::errc() || end != digits.data() + digits.size() || words || text.starts_with("+-")) return refuse(type, text);
  return {};
}

/// YYYY-MM-DD at the start; what follows is left to the comparison of texts.
bool begins_with_date(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-dd";
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  const int month = (text[5] - '0') * 10 + text[6] - '0';
  const int day = (text[8] - '0') * 10 + text[9] - '0';
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool is_pattern(Operator op) { return op >= Operator::like && op <= Operator::imatch; }

}  // namespace

std::optional<bool> truth_of(std::string_view text) {
  constexpr auto yes = std::to_array<std::string_view>({"true", "t", "yes", "y", "on", "1"});
  constexpr auto no = std::to_array<std::string_view>({"false", "f", "no", "n", "off", "0"});
  const auto lower = to_lower(text.substr(0, 8));
  if (std::ranges::find(yes, lower) != yes.end()) return true;
  if (std::ranges::find(no, lower) != no.end()) return false;
  return std::nullopt;
}

Result<void> check_operand(std::string_view text, const model::Type& type, Operator op) {
  if (is_pattern(op) || op == Operator::is || op >= Operator::fts) return {};
  switch (type.kind) {
    case Kind::integer: return check_integer(trim(text));
    case Kind::decimal: return check_number(trim(text), "numeric");
    case Kind::real: return check_number(trim(text), "double precision");
    case Kind::boolean: return truth_of(trim(text)) ? Result<void>() : refuse("boolean", text);
    case Kind::date: return begins_with_date(text) ? Result<void>() : refuse("date", text);
    case Kind::timestamp: return begins_with_date(text) ? Result<void>() : refuse("timestamp", text);
    case Kind::text:
    case Kind::json:
    case Kind::blob: return {};
  }
  return {};
}

}  // namespace aljibe::query
