// Text → typed value. Nearly every cell of a real file is short and plain, so each numeric type first tries one word of
// at most eight characters:
//
//   "139.99"   bytes  1 3 9 . 9 9 0 0      load_some: never past the cell
//              dot    at 3                  found by SWAR, then squeezed out
//              digits 1 3 9 9 9             padded with '0' to eight, checked and parsed by four multiplications
//              units  13999 · 10^(scale-2)
//
// What does not fit goes to a plain loop that is exact for any length.
#include "format/convert.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "format/calendar.h"
#include "format/swar.h"

namespace aljibe::format {
namespace {

using model::Kind;
using model::Value;
using Refusal = std::optional<Code>;

constexpr std::size_t decimal_digits_max = 18;
constexpr auto powers = [] {
  std::array<std::int64_t, decimal_digits_max + 1> table{};
  table[0] = 1;
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
  return table;
}();

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

struct Signed {
  std::string_view digits;
  bool is_negative = false;
};

/// Takes one sign off.
Signed split_sign(std::string_view text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return {text, false};
  return {text.substr(1), text[0] == '-'};
}

std::int64_t with_sign(std::int64_t magnitude, bool is_negative) { return is_negative ? -magnitude : magnitude; }

Refusal long_integer(std::string_view text, Value& value) {
  auto [digits, is_negative] = split_sign(trim(text));
  if (digits.empty()) return Code::value_not_integer;
  std::uint64_t magnitude = 0;
  bool is_over = false;
  for (const char letter : digits) {
    if (!is_digit(letter)) return Code::value_not_integer;
    is_over |= __builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude);
    is_over |= __builtin_add_overflow(magnitude, static_cast<std::uint64_t>(letter - '0'), &magnitude);
  }
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (is_negative ? 1 : 0);
  if (is_over || magnitude > most) return Code::value_out_of_range;
  value = Value::of_integer(static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude));
  return std::nullopt;
}

Refusal to_integer(std::string_view text, Value& value) {
  const auto [digits, is_negative] = split_sign(text);
  if (digits.empty() || digits.size() > 8) return long_integer(text, value);
  const auto word = swar::pad_left(swar::load_some(digits.data(), digits.size()), digits.size());
  if (!swar::are_digits(word)) return long_integer(text, value);
  value = Value::of_integer(with_sign(swar::parse_8(word), is_negative));
  return std::nullopt;
}

/// A decimal number in its parts: digits · 10^exponent, without zeros at either end of digits.
struct Number {
  std::array<char, 32> digits{};
  std::size_t count = 0;        // of digits; past the array's size only counted
  std::int64_t exponent = 0;
  bool is_negative = false;
};

/// The value of "e+12" after its 'e'; nothing when it is no number. Huge ones are clamped.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  constexpr std::int64_t exponent_max = 1'000'000'000;
  const auto [digits, is_negative] = split_sign(text);
  if (digits.empty()) return std::nullopt;
  std::int64_t number = 0;
  for (const char letter : digits) {
    if (!is_digit(letter)) return std::nullopt;
    number = std::min(number * 10 + (letter - '0'), exponent_max);
  }
  return with_sign(number, is_negative);
}

class NumberReader {
 public:
  std::optional<Number> read(std::string_view text) {
    const auto [unsigned_text, is_negative] = split_sign(trim(text));
    number_.is_negative = is_negative;
    const auto e = unsigned_text.find_first_of("eE");
    for (const char letter : unsigned_text.substr(0, e)) {
      if (!take(letter)) return std::nullopt;
    }
    if (!has_digits_) return std::nullopt;
    if (e != std::string_view::npos) {
      const auto exponent = parse_exponent(unsigned_text.substr(e + 1));
      if (!exponent) return std::nullopt;
      number_.exponent += *exponent;
    }
    number_.exponent += zeros_;  // zeros behind the last digit that counts
    return number_;
  }

 private:
  bool take(char letter) {
    if (letter == '.') return !std::exchange(has_dot_, true);
    if (!is_digit(letter)) return false;
    has_digits_ = true;
    if (has_dot_) --number_.exponent;
    if (letter == '0') {
      ++zeros_;
      return true;
    }
    if (number_.count > 0) {
      for (; zeros_ > 0; --zeros_) push('0');
    }
    zeros_ = 0;
    push(letter);
    return true;
  }
  void push(char letter) {
    if (number_.count < number_.digits.size()) number_.digits[number_.count] = letter;
    ++number_.count;
  }

  Number number_;
  std::int64_t zeros_ = 0;
  bool has_dot_ = false;
  bool has_digits_ = false;
};

std::int64_t magnitude_of(const Number& number) {
  std::int64_t magnitude = 0;
  for (std::size_t i = 0; i < number.count; ++i) magnitude = magnitude * 10 + (number.digits[i] - '0');
  return magnitude;
}

Refusal long_decimal(std::string_view text, std::size_t precision, std::size_t scale, Value& value) {
  const auto number = NumberReader().read(text);
  if (!number) return Code::value_not_decimal;
  if (number->count == 0) {
    value = Value::of_decimal(0);
    return std::nullopt;
  }
  const auto places = number->exponent + static_cast<std::int64_t>(scale);  // zeros that the units need behind the digits
  if (places < 0 || static_cast<std::int64_t>(number->count) + places > static_cast<std::int64_t>(precision)) {
    return Code::value_out_of_range;
  }
  const auto units = magnitude_of(*number) * powers[static_cast<std::size_t>(places)];
  value = Value::of_decimal(with_sign(units, number->is_negative));
  return std::nullopt;
}

Refusal to_decimal(std::string_view text, std::size_t precision, std::size_t scale, Value& value) {
  const auto [digits, is_negative] = split_sign(text);
  const auto size = digits.size();
  if (size == 0 || size > 8) return long_decimal(text, precision, scale, value);
  auto word = swar::load_some(digits.data(), size);
  const auto dot = swar::find(word, '.');
  std::size_t places = 0;
  std::size_t count = size;
  if (dot != 0) {
    const auto before = static_cast<std::size_t>(std::countr_zero(dot)) / 8;
    const auto mask = (std::uint64_t{1} << (8 * before)) - 1;
    word = (word & mask) | ((word >> 8) & ~mask);
    count = size - 1;
    places = count - before;
  }
  const auto padded = swar::pad_left(word, count);
  if (count == 0 || places > scale || !swar::are_digits(padded)) return long_decimal(text, precision, scale, value);
  const auto units = std::int64_t{swar::parse_8(padded)} * powers[std::min(scale - places, decimal_digits_max - 8)];
  if (scale - places > decimal_digits_max - 8 || units >= powers[precision]) return long_decimal(text, precision, scale, value);
  value = Value::of_decimal(with_sign(units, is_negative));
  return std::nullopt;
}

/// from_chars, minus the words "inf" and "nan" that it knows.
Refusal to_real(std::string_view text, Value& value) {
  const auto [digits, is_negative] = split_sign(trim(text));
  if (digits.empty() || (!is_digit(digits[0]) && digits[0] != '.')) return Code::value_not_real;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) return Code::value_not_real;
  if (error == std::errc::result_out_of_range) return Code::value_out_of_range;
  value = Value::of_real(is_negative ? -number : number);
  return std::nullopt;
}

/// A decimal of no declared precision, which only a real can hold.
Refusal to_free_decimal(std::string_view text, Value& value) {
  constexpr std::size_t double_digits_safe = std::numeric_limits<double>::digits10;
  const auto number = NumberReader().read(text);
  if (!number) return Code::value_not_decimal;
  if (number->count > double_digits_safe) return Code::value_out_of_range;
  const auto refusal = to_real(text, value);
  return refusal == Code::value_not_real ? Code::value_not_decimal : refusal;
}

constexpr std::array<std::string_view, 6> usual_true{"true", "t", "yes", "y", "on", "1"};
constexpr std::array<std::string_view, 6> usual_false{"false", "f", "no", "n", "off", "0"};

template <class Words>
bool holds(const Words& words, std::string_view text) {
  for (const auto& word : words) {
    if (equal_ignoring_case(word, text)) return true;
  }
  return false;
}

bool is_word(const std::vector<std::string>& own, std::span<const std::string_view> usual, std::string_view text) {
  return own.empty() ? holds(usual, text) : holds(own, text);
}

Refusal any_boolean(std::string_view text, const Conversion& conversion, Value& value) {
  text = trim(text);
  if (is_word(conversion.true_words, usual_true, text)) {
    value = Value::of_boolean(true);
  } else if (is_word(conversion.false_words, usual_false, text)) {
    value = Value::of_boolean(false);
  } else {
    return Code::value_not_boolean;
  }
  return std::nullopt;
}

Refusal to_boolean(std::string_view text, const Conversion& conversion, Value& value) {
  constexpr std::uint64_t lower = 0x2020202020202020;
  constexpr std::uint64_t fals = 0x736C6166;
  constexpr std::uint64_t true_text = 0x65757274;
  if (!conversion.true_words.empty() || !conversion.false_words.empty()) return any_boolean(text, conversion, value);
  if (text.size() == 5 && (swar::load_4(text.data()) | (lower >> 32)) == fals && (text[4] | 0x20) == 'e') {
    value = Value::of_boolean(false);
    return std::nullopt;
  }
  if (text.size() == 4 && (swar::load_4(text.data()) | (lower >> 32)) == true_text) {
    value = Value::of_boolean(true);
    return std::nullopt;
  }
  return any_boolean(text, conversion, value);
}

Refusal to_date(std::string_view text, Value& value) {
  text = trim(text);
  const auto date = parse_date(text);
  if (!date) return Code::value_not_date;
  value = Value::of_text(text);
  return std::nullopt;
}

Refusal to_timestamp(std::string_view text, Arena& arena, Value& value) {
  text = trim(text);
  const auto timestamp = parse_timestamp(text);
  if (!timestamp) return Code::value_not_timestamp;
  const auto normal = in_utc(*timestamp);
  if (!normal) return Code::value_out_of_range;
  std::array<char, timestamp_bytes_max> written;
  const std::string_view wanted(written.data(), write(*normal, written));
  if (wanted == text) {
    value = Value::of_text(text);
    return std::nullopt;
  }
  char* const space = arena.take(wanted.size());
  wanted.copy(space, wanted.size());
  value = Value::of_text({space, wanted.size()});
  return std::nullopt;
}

std::string_view article_and_kind(Code code) {
  switch (code) {
    case Code::value_not_integer: return "an integer";
    case Code::value_not_decimal: return "a decimal number";
    case Code::value_not_real: return "a number";
    case Code::value_not_boolean: return "a boolean";
    case Code::value_not_date: return "a date (YYYY-MM-DD)";
    case Code::value_not_timestamp: return "a timestamp (ISO 8601)";
    default: return "valid";
  }
}

}  // namespace

std::optional<Code> convert(std::string_view text, const Conversion& conversion, Arena& arena, Value& value) {
  const auto& type = conversion.type;
  switch (type.kind) {
    case Kind::integer: return to_integer(text, value);
    case Kind::decimal:
      if (type.precision == 0) return to_free_decimal(text, value);
      return to_decimal(text, std::min<std::size_t>(type.precision, decimal_digits_max), type.scale, value);
    case Kind::real: return to_real(text, value);
    case Kind::boolean: return to_boolean(text, conversion, value);
    case Kind::date: return to_date(text, value);
    case Kind::timestamp: return to_timestamp(text, arena, value);
    case Kind::text:
    case Kind::json:
    case Kind::blob: break;
  }
  value = Value::of_text(text);
  return std::nullopt;
}

std::string complaint(Code code, std::string_view text, const model::Type& type) {
  const auto quoted = "'" + shortened(text, 40) + "'";
  if (code == Code::value_out_of_range) return quoted + " does not fit " + to_text(type);
  return quoted + " is not " + std::string(article_and_kind(code));
}

}  // namespace aljibe::format
