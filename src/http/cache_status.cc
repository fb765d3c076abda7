#include "http/cache_status.h"

#include <algorithm>

#include "base/text.h"

namespace aljibe::http {
namespace {

std::string_view forward_text(Forward forward) {
  switch (forward) {
    case Forward::none: return "; hit";
    case Forward::bypass: return "; fwd=bypass";
    case Forward::method: return "; fwd=method";
    case Forward::uri_miss: return "; fwd=uri-miss";
    case Forward::miss: return "; fwd=miss";
    case Forward::request: return "; fwd=request";
    case Forward::stale: return "; fwd=stale";
  }
  return {};
}

bool is_letter(char letter) { return to_lower(letter) >= 'a' && to_lower(letter) <= 'z'; }

/// RFC 8941 §3.3.4, without the letters that nobody needs here.
bool is_token(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [](char letter) {
    return is_letter(letter) || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
  });
}

/// RFC 8941 §3.3.3: a string holds visible ASCII and spaces; what is neither is left out.
std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    if (letter >= 0x20 && letter < 0x7f) quoted += letter;
  }
  return quoted + '"';
}

}  // namespace

std::string cache_status_line(const CacheStatus& status) {
  std::string line = "Cache-Status: aljibe";
  line += forward_text(status.forward);
  if (status.stored == Stored::yes) line += "; stored";
  if (status.collapsed == Collapsed::yes) line += "; collapsed";
  if (!status.detail.empty()) {
    line += "; detail=";
    line += is_token(status.detail) ? std::string(status.detail) : quote(status.detail);
  }
  line += "\r\n";
  return line;
}

}  // namespace aljibe::http
