#include "query/operand.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/text.h"
#include "model/refusal.h"

namespace aljibe::query {
namespace {

using model::Kind;

Result<void> check_integer(std::string_view text, const model::Type& type) {
  const auto digits = text.starts_with('+') ? text.substr(1) : text;
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault == std::errc::result_out_of_range) return model::refuse_size(type, text);
  if (fault != std::errc() || end != digits.data() + digits.size() || text.starts_with("+-")) return model::refuse_value(type, text);
  return {};
}

Result<void> check_number(std::string_view text, const model::Type& type) {
  const auto digits = text.starts_with('+') ? text.substr(1) : text;
  double number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool words = std::ranges::any_of(digits, [](char byte) { return (byte >= 'a' && byte <= 'z' && byte != 'e') || (byte >= 'A' && byte <= 'Z' && byte != 'E'); });
  if (fault != std::errc() || end != digits.data() + digits.size() || words || text.starts_with("+-")) return model::refuse_value(type, text);
  return {};
}

/// A day of the calendar as YYYY-MM-DD at the start; what follows is left to whoever compares it.
bool begins_with_day(std::string_view text) {
  constexpr std::size_t day_bytes = 10;
  const auto number = [text](std::size_t at, std::size_t digits) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data() + at, text.data() + at + digits, value);
    return fault == std::errc() && end == text.data() + at + digits && text[at] != '-' ? value : -1;
  };
  if (text.size() < day_bytes || text[4] != '-' || text[7] != '-') return false;
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 1 || month < 1 || day < 1) return false;
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day))).ok();
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
    case Kind::integer: return check_integer(trim(text), type);
    case Kind::decimal:
    case Kind::real: return check_number(trim(text), type);
    case Kind::boolean: return truth_of(trim(text)) ? Result<void>() : model::refuse_value(type, text);
    case Kind::date:
    case Kind::timestamp: return begins_with_day(text) ? Result<void>() : model::refuse_value(type, text);
    case Kind::text:
    case Kind::json:
    case Kind::blob: return {};
  }
  return {};
}

}  // namespace aljibe::query
