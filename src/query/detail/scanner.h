#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::query::detail {

/// Walks over the decoded text of one parameter and says where it stumbled.
class Scanner {
 public:
  /// `what` names the parameter's part in messages: "filter", "order", "select parameter" …
  Scanner(std::string_view what, std::string_view text) : what_(what), text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  bool take(char byte) {
    if (at_end() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ') ++at_;
  }
  /// Up to the first of `stops`, or all that is left.
  std::string_view until(std::string_view stops) {
    const auto end = text_.find_first_of(stops, at_);
    const auto word = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    at_ += word.size();
    return word;
  }
  /// `"…"` with \" and \\ inside; nothing when the text does not begin with a quote or never closes it.
  std::optional<std::string> quoted();

  /// What could not be read, where, and what was expected there.
  [[nodiscard]] std::unexpected<Error> failure(std::string_view expected) const;

 private:
  std::string_view what_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace aljibe::query::detail
