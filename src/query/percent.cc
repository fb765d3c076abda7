#include "query/percent.h"

#include "base/utf8.h"

namespace aljibe::query {
namespace {

int digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> decode_form(std::string_view encoded) {
  std::string text;
  text.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char byte = encoded[i];
    if (byte == '+') byte = ' ';
    if (byte == '%') {
      if (i + 2 >= encoded.size()) return std::nullopt;
      const int high = digit(encoded[i + 1]);
      const int low = digit(encoded[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      byte = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (byte == '\0') return std::nullopt;
    text += byte;
  }
  if (!is_utf8(text)) return std::nullopt;
  return text;
}

std::string encode_component(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '-' ||
                       byte == '.' || byte == '_' || byte == '~' || byte == '*' || byte == ':' || byte == ',' || byte == '(' || byte == ')';
    if (plain) {
      encoded += letter;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 15U];
    }
  }
  return encoded;
}

}  // namespace aljibe::query
