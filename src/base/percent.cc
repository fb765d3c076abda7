#include "base/percent.h"

#include "base/text.h"

namespace aljibe {
namespace {

bool is_unreserved(char letter) {
  return (to_lower(letter) >= 'a' && to_lower(letter) <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' ||
         letter == '_' || letter == '~';
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, BrokenEscape broken) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '%';
    const int high = is_escape && text.size() - at > 2 ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low < 0) {
      if (is_escape && broken == BrokenEscape::refused) return std::nullopt;
      decoded += text[at];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

std::string percent_encode(std::string_view text, std::string_view kept) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char letter : text) {
    if (is_unreserved(letter) || kept.contains(letter)) {
      encoded += letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    encoded += '%';
    encoded += digits[byte >> 4];
    encoded += digits[byte & 15];
  }
  return encoded;
}

}  // namespace aljibe
