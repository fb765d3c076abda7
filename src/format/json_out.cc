// Nearly all text needs no escape, so a string is scanned sixteen bytes at a time (SSE2, which every x86-64 has; eight by
// SWAR elsewhere) for the first byte that does, and runs between such bytes are copied whole. The same scan
// notices bytes above 0x7F; only texts that hold some are checked for valid UTF-8.
#include "format/json_out.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "format/swar.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aljibe::format {
namespace {

constexpr unsigned scale_max = 18;
constexpr auto powers = [] {
  std::array<double, scale_max + 1> table{};
  table[0] = 1;
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = table[i - 1] * 10;
  return table;
}();

enum class Scan : std::uint8_t { escapes, escapes_and_high };

bool needs_escape(unsigned char letter) { return letter < 0x20 || letter == '"' || letter == '\\'; }

/// Index of the first byte from `from` on that stops the scan; size when none does.
template <Scan scan>
std::size_t next_stop(std::string_view text, std::size_t from) {
  const auto size = text.size();
#ifdef __SSE2__
  for (; from + 16 <= size; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i stops = _mm_or_si128(_mm_or_si128(quote, slash), control);
    if constexpr (scan == Scan::escapes_and_high) stops = _mm_or_si128(stops, bytes);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stops));
    if (mask != 0) return from + static_cast<std::size_t>(std::countr_zero(mask));
  }
#else
  for (; from + 8 <= size; from += 8) {
    const auto word = swar::load_8(text.data() + from);
    // A byte below 0x20 borrows from its high bit; one above 0x7F may be taken for a control: the loop below decides.
    auto stops = swar::find(word, '"') | swar::find(word, '\\') | ((word - swar::ones * 0x20) & ~word & swar::high_bits);
    if constexpr (scan == Scan::escapes_and_high) stops |= word & swar::high_bits;
    if (stops != 0) break;
  }
#endif
  for (; from < size; ++from) {
    const auto letter = static_cast<unsigned char>(text[from]);
    if (needs_escape(letter) || (scan == Scan::escapes_and_high && letter >= 0x80)) return from;
  }
  return size;
}

void append_escape(std::string& out, char letter) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (letter) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += digits[static_cast<unsigned char>(letter) >> 4];
  out += digits[static_cast<unsigned char>(letter) & 0xF];
}

/// `text` from `stop`, the first byte to escape, on.
void append_escaped(std::string& out, std::string_view text, std::size_t stop) {
  std::size_t from = 0;
  while (stop < text.size()) {
    out.append(text, from, stop - from);
    append_escape(out, text[stop]);
    from = stop + 1;
    stop = next_stop<Scan::escapes>(text, from);
  }
  out.append(text, from);
}

/// Bytes of the character that begins `text`, 0 when it is not valid UTF-8 (Unicode 15, table 3-7).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return 0;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return bytes;
}

std::string mended(std::string_view text) {
  std::string valid;
  valid.reserve(text.size() + 16);
  while (!text.empty()) {
    const auto bytes = character_bytes(text);
    if (bytes == 0) {
      valid += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      valid += text.substr(0, bytes);
      text.remove_prefix(bytes);
    }
  }
  return valid;
}

template <class Number>
void append_shortest(std::string& out, Number number) {
  std::array<char, 32> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), end);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  auto stop = next_stop<Scan::escapes_and_high>(text, 0);
  if (stop == text.size()) {
    out += text;
  } else if (simdjson::validate_utf8(text.data(), text.size())) {
    append_escaped(out, text, next_stop<Scan::escapes>(text, stop));
  } else {
    const auto valid = mended(text);
    append_escaped(out, valid, next_stop<Scan::escapes>(valid, 0));
  }
  out += '"';
}

void append_json_integer(std::string& out, std::int64_t number) { append_shortest(out, number); }

void append_json_real(std::string& out, double number) {
  if (!std::isfinite(number)) {
    append_json_null(out);
    return;
  }
  append_shortest(out, number);
}

void append_json_decimal(std::string& out, double number, unsigned scale) {
  // Both are exact, so their quotient is the double nearest to units · 10^-scale: equality means that number is that decimal.
  constexpr double exact_max = 9007199254740992.0;
  if (scale <= scale_max) {
    const double units = std::nearbyint(number * powers[scale]);
    if (std::abs(units) < exact_max && units / powers[scale] == number) {
      append_json_units(out, static_cast<std::int64_t>(units), scale);
      return;
    }
  }
  append_json_real(out, number);
}

void append_json_decimal(std::string& out, std::int64_t number, unsigned scale) {
  append_json_integer(out, number);
  if (scale == 0) return;
  out += '.';
  out.append(scale, '0');
}

void append_json_units(std::string& out, std::int64_t units, unsigned scale) {
  std::array<char, 24> digits;
  const auto magnitude = units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude);
  std::string_view text(digits.data(), end);
  if (units < 0) out += '-';
  if (text.size() <= scale) {
    out += scale == 0 ? "" : "0.";
    out.append(scale - text.size(), '0');
    out += text;
    return;
  }
  out += text.substr(0, text.size() - scale);
  if (scale == 0) return;
  out += '.';
  out += text.substr(text.size() - scale);
}

void append_json_boolean(std::string& out, bool truth) { out += truth ? "true" : "false"; }

void append_json_null(std::string& out) { out += "null"; }

}  // namespace aljibe::format
