#include "http/refusal.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace aljibe::http {
namespace {

constexpr std::string_view retry_after = "Retry-After: 1\r\n";

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

/// Size of the UTF-8 sequence at the start of `text`; 0 when there is none (RFC 3629 §4).
std::size_t utf8_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) { return at(i) >= low && at(i) <= high; };
  const auto first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void append_text(std::string& json, std::string_view text) {
  static constexpr std::array<char, 16> digits{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  if (text.empty()) {
    json += "null";
    return;
  }
  json += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    const auto byte = static_cast<unsigned char>(letter);
    const auto size = utf8_bytes(text.substr(at));
    at += std::max<std::size_t>(size, 1);
    if (size != 1) {
      json += size == 0 ? replacement : text.substr(at - size, size);
    } else if (letter == '"' || letter == '\\') {
      json += '\\';
      json += letter;
    } else if (byte < 0x20) {
      json += "\\u00";
      json += digits[byte >> 4];
      json += digits[byte & 15];
    } else {
      json += letter;
    }
  }
  json += '"';
}

}  // namespace

std::string error_body(const Error& error) {
  std::string json = "{\"code\":";
  append_text(json, wire(error.code()));
  json += ",\"message\":";
  append_text(json, error.message());
  json += ",\"details\":";
  append_text(json, error.details());
  json += ",\"hint\":";
  append_text(json, error.hint());
  json += '}';
  return json;
}

Response refusal(const Error& error) {
  std::string fields = "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-store\r\n";
  if (is_retryable(error.code())) fields += retry_after;
  return {.prepared = prepare(http_status(error.code()), std::move(fields), error_body(error))};
}

}  // namespace aljibe::http
