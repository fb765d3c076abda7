#include "http/refusal.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/utf8.h"

namespace aljibe::http {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

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

void append_facts(std::string& json, const std::vector<Facts>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    json += i == 0 ? "[" : ",";
    for (std::size_t k = 0; k < all[i].size(); ++k) {
      json += k == 0 ? "{" : ",";
      append_text(json, all[i][k].first);
      json += ':';
      append_text(json, all[i][k].second);
    }
    json += '}';
  }
  json += ']';
}

}  // namespace

std::string error_body(const Error& error) {
  std::string json = "{\"code\":";
  append_text(json, wire(error.code()));
  json += ",\"message\":";
  append_text(json, error.message());
  json += ",\"details\":";
  if (error.facts().empty()) {
    append_text(json, error.details());
  } else {
    append_facts(json, error.facts());
  }
  json += ",\"hint\":";
  append_text(json, error.hint());
  json += '}';
  return json;
}

Response refusal(const Error& error) {
  std::string fields = "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-store\r\n";
  if (is_retryable(error.code())) append_field(fields, "Retry-After", std::to_string(error.retry_after().count()));
  return {.prepared = prepare(http_status(error.code()), std::move(fields), error_body(error))};
}

}  // namespace aljibe::http
