#include "base/text.h"
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
  std::string details = at_end() ? std::string("unexpected end of input") : "unexpected \"" + std::string(1, peek() >= 0x20 && peek() < 0x7F ? peek() : '?') + "\"";
  details += ", expecting " + std::string(expected);
  return fail(Code::query_syntax, "\"failed to parse " + std::string(what_) + " (" + shortened(text_, 200) + ")\" (line 1, column " + std::to_string(at_ + 1) + ")", details);
}

}  // namespace aljibe::query::detail
