#include "query/detail/scanner.h"

namespace aljibe::query::detail {

std::optional<std::string> Scanner::quoted() {
  if (peek() != '"') return std::nullopt;
  std::string value;
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      at_ = i + 1;
      return value;
    }
    if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
    value += text_[i];
  }
  return std::nullopt;
}

std::unexpected<Error> Scanner::failure(std::string_view expected) const {
  constexpr std::size_t shown_bytes_max = 200;
  std::string shown(text_.substr(0, shown_bytes_max));
  // A cut character would make the answer invalid UTF-8.
  if (text_.size() > shown_bytes_max) {
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U) shown.pop_back();
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0U) shown.pop_back();
    shown += "…";
  }
  std::string details = at_end() ? std::string("unexpected end of input") : "unexpected \"" + std::string(1, peek() >= 0x20 && peek() < 0x7F ? peek() : '?') + "\"";
  details += ", expecting " + std::string(expected);
  return fail(Code::query_syntax, "\"failed to parse " + std::string(what_) + " (" + shown + ")\" (line 1, column " + std::to_string(at_ + 1) + ")", details);
}

}  // namespace aljibe::query::detail
