// A reply is lines, each of which begins with its type and ends with CR LF, and for the strings "$", "=" and "!" as many bytes
// as the line says, with CR LF behind them:
//
//     *2\r\n           an array of two
//     $5\r\nhello\r\n  … a string
//     :7\r\n           … a number
//
// The parser is always at the start of a line, inside a line (line_ has what came of it) or inside a string (string_). Aggregates
// that wait for elements stand in open_, the outermost first. A decision is made on a whole line only, but for the type and the
// length of a line, which are seen as early as they come: so cutting the stream elsewhere changes nothing.
#include "redis/reply.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace aljibe::redis {
namespace {

using Outcome = Parser::Outcome;
using Kind = Reply::Kind;

constexpr std::string_view types = "+-:$*_,#!=(%~>|";
constexpr std::string_view line_end = "\r\n";
// Longer than any length or 64-bit number; a double has 17 digits and an exponent.
constexpr std::size_t number_bytes_max = 40;
// What is set aside for the elements of an aggregate before any of them has come.
constexpr std::size_t reserved_elements_max = 64;

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end) return std::nullopt;
  return value;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

std::string_view without_plus(std::string_view text) { return text.size() > 1 && text[0] == '+' && text[1] != '-' ? text.substr(1) : text; }

}  // namespace

bool Reply::is_error(std::string_view word) const {
  return kind == Kind::error && text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

Outcome Parser::broken(std::string_view why) {
  error_ = why;
  return Outcome::error;
}

Outcome Parser::parse(std::string_view& bytes) {
  if (!error_.empty()) return Outcome::error;
  while (!bytes.empty()) {
    Outcome outcome = Outcome::need_more;
    if (string_missing_ > 0) {
      outcome = continue_string(bytes);
    } else if (const auto line = take_line(bytes)) {
      outcome = start(*line);
      line_.clear();
    }
    if (!error_.empty()) return Outcome::error;
    if (outcome == Outcome::done) return outcome;
  }
  return Outcome::need_more;
}

std::size_t Parser::line_max(char type) const {
  const bool is_text = type == '+' || type == '-' || type == '(';
  return is_text ? limits_.line_bytes_max : number_bytes_max;
}

/// The next line without its end, when all of it is there. What it is a view of lives until the next call.
std::optional<std::string_view> Parser::take_line(std::string_view& bytes) {
  const char type = line_.empty() ? bytes.front() : line_.front();
  if (types.find(type) == std::string_view::npos) return broken("an unknown type"), std::nullopt;
  const auto end = bytes.find('\n');
  const auto part = bytes.substr(0, end);
  if (line_.size() + part.size() > line_max(type) + 2) return broken("a line is too long"), std::nullopt;
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (end == std::string_view::npos || !line_.empty()) line_ += part;
  if (end == std::string_view::npos) return std::nullopt;
  auto line = line_.empty() ? part : std::string_view(line_);
  if (!line.ends_with('\r')) return broken("a line does not end with CR LF"), std::nullopt;
  line.remove_suffix(1);
  if (line.find('\r') != std::string_view::npos) return broken("a line holds a CR"), std::nullopt;
  return line;
}

/// `line` is the beginning of a value, or all of it.
Outcome Parser::start(std::string_view line) {
  const auto text = line.substr(1);
  switch (line.front()) {
    case '$':
    case '=': return start_string(Kind::text, line);
    case '!': return start_string(Kind::error, line);
    case '*': return start_aggregate(Kind::array, line);
    case '~': return start_aggregate(Kind::set, line);
    case '%':
    case '|': return start_aggregate(Kind::map, line);
    case '>': return start_aggregate(Kind::push, line);
    default: break;
  }
  if (++elements_ > limits_.elements_max) return broken("too many elements");
  if (line.front() != '+' && line.front() != '-') return finish_number(line.front(), text);
  bytes_ += text.size();
  if (bytes_ > limits_.bytes_max) return broken("a reply is too large");
  return finish({.kind = line.front() == '+' ? Kind::text : Kind::error, .text = std::string(text)});
}

Outcome Parser::finish_number(char type, std::string_view text) {
  if (type == '_') return text.empty() ? finish({}) : broken("a null with a value");
  if (type == '#') return text == "t" || text == "f" ? finish({.kind = Kind::boolean, .truth = text == "t"}) : broken("a boolean is neither t nor f");
  if (type == ':') {
    const auto value = number<std::int64_t>(without_plus(text));
    return value ? finish({.kind = Kind::integer, .integer = *value}) : broken("not an integer");
  }
  if (type == ',') {
    const auto value = number<double>(without_plus(text));
    return value ? finish({.kind = Kind::real, .real = *value}) : broken("not a number");
  }
  const auto digits = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
  bytes_ += text.size();
  if (bytes_ > limits_.bytes_max) return broken("a reply is too large");
  return is_digits(digits) ? finish({.kind = Kind::big_number, .text = std::string(text)}) : broken("not a big number");
}

Outcome Parser::start_string(Kind kind, std::string_view line) {
  if (++elements_ > limits_.elements_max) return broken("too many elements");
  if (line == "$-1") return finish({});
  const auto size = is_digits(line.substr(1)) ? number<std::size_t>(line.substr(1)) : std::nullopt;
  if (!size) return broken("not the length of a string");
  if (*size > limits_.bytes_max - bytes_) return broken("a reply is too large");
  is_verbatim_ = line.front() == '=';
  if (is_verbatim_ && *size < 4) return broken("a verbatim string without its format");
  bytes_ += *size;
  string_ = Reply{.kind = kind};
  string_.text.reserve(*size);
  string_missing_ = *size + line_end.size();
  return Outcome::need_more;
}

/// The line end behind a string is checked as it comes and not kept.
Outcome Parser::continue_string(std::string_view& bytes) {
  if (string_missing_ > line_end.size()) {
    const auto part = bytes.substr(0, string_missing_ - line_end.size());
    string_.text += part;
    string_missing_ -= part.size();
    bytes.remove_prefix(part.size());
  }
  while (!bytes.empty() && string_missing_ > 0 && string_missing_ <= line_end.size()) {
    if (bytes.front() != line_end[line_end.size() - string_missing_]) return broken("a string does not end where it should");
    bytes.remove_prefix(1);
    --string_missing_;
  }
  return string_missing_ == 0 ? finish_string() : Outcome::need_more;
}

Outcome Parser::finish_string() {
  if (is_verbatim_) {
    if (string_.text[3] != ':') return broken("a verbatim string without its format");
    string_.text.erase(0, 4);
  }
  return finish(std::exchange(string_, Reply{}));
}

Outcome Parser::start_aggregate(Kind kind, std::string_view line) {
  if (++elements_ > limits_.elements_max) return broken("too many elements");
  if (line == "*-1") return finish({});
  if (kind == Kind::push && !open_.empty()) return broken("a push inside a reply");
  const auto count = is_digits(line.substr(1)) ? number<std::size_t>(line.substr(1)) : std::nullopt;
  if (!count) return broken("not a number of elements");
  if (*count > limits_.elements_max / (kind == Kind::map ? 2 : 1)) return broken("too many elements");
  const auto values = kind == Kind::map ? *count * 2 : *count;
  const bool is_attribute = line.front() == '|';
  if (values == 0) return is_attribute ? Outcome::need_more : finish({.kind = kind});
  if (open_.size() >= limits_.depth_max) return broken("a reply is nested too deeply");
  open_.push_back({.value = {.kind = kind}, .missing = values, .is_attribute = is_attribute});
  open_.back().value.items.reserve(std::min(values, reserved_elements_max));
  return Outcome::need_more;
}

/// A value is whole: an element of what is open, or the reply. What was said about a value, an attribute, is dropped.
Outcome Parser::finish(Reply value) {
  while (!open_.empty()) {
    auto& parent = open_.back();
    if (!parent.is_attribute) parent.value.items.push_back(std::move(value));
    if (--parent.missing > 0) return Outcome::need_more;
    const bool is_attribute = parent.is_attribute;
    value = std::move(parent.value);
    open_.pop_back();
    if (is_attribute) return Outcome::need_more;
  }
  root_ = std::move(value);
  bytes_ = elements_ = 0;
  return Outcome::done;
}

}  // namespace aljibe::redis
