#include "query/like.h"

#include <cstddef>

namespace aljibe::query {
namespace {

struct Character {
  std::uint32_t point;
  std::size_t bytes;
};

/// The character at the start of `text`; a malformed byte stands for itself.
Character first(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto lead = at(0);
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (bytes == 1 || bytes > text.size()) return {lead, 1};
  std::uint32_t point = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return {lead, 1};
    point = point << 6U | (at(i) & 0x3FU);
  }
  return {point, bytes};
}

std::uint32_t fold(std::uint32_t point) {
  if (point >= 'A' && point <= 'Z') return point + 32;
  if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 32;        // À … Þ
  if (point >= 0x391 && point <= 0x3A9) return point + 32;                       // Α … Ω
  if (point >= 0x410 && point <= 0x42F) return point + 32;                       // А … Я
  if (point >= 0x400 && point <= 0x40F) return point + 80;                       // Ѐ … Џ
  if (point >= 0x100 && point <= 0x17F && point != 0x130 && point != 0x131) {    // Ā … ſ come in pairs
    const bool odd_is_small = point <= 0x137 || point >= 0x14A;
    if (point <= 0x177 && (point % 2 == 0) == odd_is_small) return point + 1;
  }
  return point;
}

bool same(std::uint32_t left, std::uint32_t right, Case letters) {
  return left == right || (letters == Case::ignored && fold(left) == fold(right));
}

}  // namespace

bool is_like(std::string_view text, std::string_view pattern, Case letters) {
  std::string_view text_at_percent;
  std::string_view pattern_at_percent;
  bool seen_percent = false;
  for (;;) {
    if (!pattern.empty() && pattern.front() == '%') {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      seen_percent = true;
      text_at_percent = text;
      pattern_at_percent = pattern;
      continue;
    }
    if (text.empty() && pattern.empty()) return true;
    if (text.empty()) return false;
    if (!pattern.empty()) {
      const bool any = pattern.front() == '_';
      auto rest = pattern;
      if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
      const auto wanted = first(rest);
      const auto found = first(text);
      if (any || same(wanted.point, found.point, letters)) {
        text.remove_prefix(found.bytes);
        pattern = rest.substr(wanted.bytes);
        continue;
      }
    }
    if (!seen_percent) return false;
    text_at_percent.remove_prefix(first(text_at_percent).bytes);
    text = text_at_percent;
    pattern = pattern_at_percent;
    if (text.empty()) return pattern.empty();
  }
}

}  // namespace aljibe::query
