#include "format/infer.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "format/calendar.h"

namespace aljibe::format {
namespace {

using model::Kind;

constexpr std::size_t double_digits_safe = 15;
constexpr std::size_t decimals_usual_max = 6;    // more places than money, weights and rates have: measured values
constexpr std::uint64_t misfits_share = 50;      // one in so many

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The parts of a plain number.
struct Parts {
  std::size_t whole_digits = 0;
  std::size_t decimals = 0;
  std::size_t significant = 0;
  bool has_leading_zero = false;
  bool has_dot = false;
  bool has_exponent = false;
};

std::size_t count_digits(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

bool is_exponent(std::string_view text) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return false;
  const std::size_t sign = text.size() > 1 && (text[1] == '-' || text[1] == '+') ? 1 : 0;
  const auto digits = count_digits(text, 1 + sign);
  return digits > 0 && 1 + sign + digits == text.size();
}

std::size_t significant_digits(std::string_view number) {
  std::size_t count = 0;
  std::size_t zeros = 0;
  for (const char letter : number) {
    if (!is_digit(letter)) continue;
    if (letter == '0') {
      zeros += count > 0 ? 1 : 0;
      continue;
    }
    count += zeros + 1;
    zeros = 0;
  }
  return count;
}

std::optional<Parts> number_parts(std::string_view text) {
  Parts parts;
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  parts.whole_digits = count_digits(text, 0);
  parts.has_leading_zero = parts.whole_digits > 1 && text[0] == '0';
  std::size_t at = parts.whole_digits;
  if (at < text.size() && text[at] == '.') {
    parts.has_dot = true;
    parts.decimals = count_digits(text, at + 1);
    at += 1 + parts.decimals;
  }
  if (parts.whole_digits + parts.decimals == 0) return std::nullopt;
  if (at < text.size()) {
    if (!is_exponent(text.substr(at))) return std::nullopt;
    parts.has_exponent = true;
  }
  parts.significant = at <= double_digits_safe ? at : significant_digits(text.substr(0, at));
  return parts;
}

bool fits_int64(std::string_view text) {
  std::int64_t number = 0;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

Look look_of_number(std::string_view text, const Parts& parts) {
  if (parts.has_leading_zero) return Look::code;
  if (parts.has_exponent) return Look::exponent;
  if (!parts.has_dot) return parts.whole_digits <= 18 || fits_int64(text) ? Look::integer : Look::long_number;
  return parts.significant > double_digits_safe ? Look::long_number : Look::decimal;
}

Look look_of_word(std::string_view text) {
  constexpr std::size_t longest = 5;
  if (text.size() > longest) return Look::text;
  const auto is_one_of = [text](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return equal_ignoring_case(word, text); });
  };
  if (is_one_of({"true", "false"})) return Look::truth;
  if (is_one_of({"yes", "no", "on", "off"})) return Look::truth_word;
  if (is_one_of({"t", "f", "y", "n"})) return Look::truth_letter;
  return Look::text;
}

/// Sums of counts that one type would accept.
class Candidates {
 public:
  explicit Candidates(const ColumnSummary& column) : column_(column) {}

  [[nodiscard]] std::uint64_t sum(std::initializer_list<Look> looks) const {
    std::uint64_t total = 0;
    for (const auto look : looks) total += column_.count(look);
    return total;
  }
  /// Whether nearly every value has one of these looks.
  [[nodiscard]] bool are(std::initializer_list<Look> looks) const {
    const auto values = column_.values();
    return values > 0 && (values - sum(looks)) * misfits_share <= values;
  }
  [[nodiscard]] Guess made(model::Type type, std::initializer_list<Look> looks) const {
    Guess guess{.type = type, .misfits = column_.values() - sum(looks)};
    for (std::size_t i = 0; i < looks_count; ++i) {
      const auto& example = column_.examples[i];
      if (example.record == 0 || std::ranges::find(looks, static_cast<Look>(i)) != looks.end()) continue;
      if (!guess.misfit || example.record < guess.misfit->record) guess.misfit = example;
    }
    return guess;
  }

 private:
  const ColumnSummary& column_;
};

Guess text_because(std::string note) { return {.type = {Kind::text}, .note = std::move(note)}; }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

model::Type number_type(const ColumnSummary& column) {
  const auto digits = column.whole_digits_max + column.decimals_max;
  if (column.decimals_max > decimals_usual_max || digits > double_digits_safe) return {Kind::real};
  return {Kind::decimal, static_cast<std::uint8_t>(digits), static_cast<std::uint8_t>(column.decimals_max)};
}

/// Guess for a column whose values are nearly all numbers or codes.
Guess guess_number(const ColumnSummary& column, const Candidates& candidates) {
  if (const auto codes = column.count(Look::code); codes > 0) {
    return text_because(counted(codes, "code begins", "codes begin") + " with 0");
  }
  if (const auto numbers = column.count(Look::long_number); numbers * misfits_share > column.values()) {
    return text_because(counted(numbers, "number has", "numbers have") + " more digits than a database keeps exactly");
  }
  if (candidates.are({Look::integer})) return candidates.made({Kind::integer}, {Look::integer});
  if (candidates.are({Look::integer, Look::decimal})) return candidates.made(number_type(column), {Look::integer, Look::decimal});
  return candidates.made({Kind::real}, {Look::integer, Look::decimal, Look::exponent});
}

}  // namespace

Look look_of(std::string_view text) {
  text = trim(text);
  if (text.empty()) return Look::text;
  const char first = text[0];
  if (!is_digit(first) && first != '-' && first != '.') return look_of_word(text);
  if (const auto parts = number_parts(text)) return look_of_number(text, *parts);
  if (text.size() < 10 || text[4] != '-') return Look::text;
  if (parse_date(text)) return Look::date;
  return parse_timestamp(text) ? Look::timestamp : Look::text;
}

void ColumnSummary::add(const Cell& cell, std::uint64_t record) {
  ++rows;
  if (cell.text.empty() && !cell.quoted) {
    ++nulls;
    return;
  }
  constexpr std::size_t example_bytes = 40;
  const auto look = look_of(cell.text);
  ++counts[static_cast<std::size_t>(look)];
  auto& example = examples[static_cast<std::size_t>(look)];
  if (example.record == 0 || record < example.record) example = {record, std::string(cell.text.substr(0, example_bytes))};
  if (look == Look::integer || look == Look::decimal) {
    const auto text = trim(cell.text);
    const auto parts = number_parts(text);
    whole_digits_max = std::max(whole_digits_max, parts->whole_digits);
    decimals_max = std::max(decimals_max, parts->decimals);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_first = count(Look::integer) + count(Look::decimal) == 1;
    minimum = is_first ? number : std::min(minimum, number);
    maximum = is_first ? number : std::max(maximum, number);
  }
  bytes_max = std::max(bytes_max, cell.text.size());
  distinct.add(cell.text);
}

void ColumnSummary::merge(const ColumnSummary& other) {
  const auto numbers = [](const ColumnSummary& column) { return column.count(Look::integer) + column.count(Look::decimal); };
  if (numbers(other) > 0) {
    minimum = numbers(*this) > 0 ? std::min(minimum, other.minimum) : other.minimum;
    maximum = numbers(*this) > 0 ? std::max(maximum, other.maximum) : other.maximum;
  }
  rows += other.rows;
  nulls += other.nulls;
  for (std::size_t i = 0; i < looks_count; ++i) {
    counts[i] += other.counts[i];
    const auto& theirs = other.examples[i];
    if (theirs.record != 0 && (examples[i].record == 0 || theirs.record < examples[i].record)) examples[i] = theirs;
  }
  whole_digits_max = std::max(whole_digits_max, other.whole_digits_max);
  decimals_max = std::max(decimals_max, other.decimals_max);
  bytes_max = std::max(bytes_max, other.bytes_max);
  distinct.merge(other.distinct);
}

Guess guess(const ColumnSummary& column) {
  const Candidates candidates(column);
  if (candidates.are({Look::integer, Look::code, Look::long_number, Look::decimal, Look::exponent})) {
    return guess_number(column, candidates);
  }
  if (candidates.are({Look::truth})) return candidates.made({Kind::boolean}, {Look::truth});
  if (candidates.are({Look::truth_word}) && column.distinct.count() > 1) return candidates.made({Kind::boolean}, {Look::truth_word});
  if (candidates.are({Look::truth_letter}) && column.distinct.count() > 1) return candidates.made({Kind::boolean}, {Look::truth_letter});
  if (candidates.are({Look::date})) return candidates.made({Kind::date}, {Look::date});
  if (candidates.are({Look::date, Look::timestamp})) return candidates.made({Kind::timestamp}, {Look::date, Look::timestamp});
  if (const auto codes = column.count(Look::code); codes > 0 && column.count(Look::text) > 0) {
    return text_because(counted(codes, "code begins", "codes begin") + " with 0");
  }
  return {};
}

}  // namespace aljibe::format
