#include "serve/endpoint.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/percent.h"
#include "base/text.h"
#include "base/utf8.h"

namespace aljibe::serve {
namespace {

constexpr auto taken = std::to_array<std::string_view>({"rest", "auth", "docs", "metrics", "health", "openapi.json", ".well-known"});

std::unexpected<Error> refuse(std::string what, std::string hint = {}) { return fail(Code::config_value_invalid, std::move(what), {}, std::move(hint)); }

bool is_parameter(std::string_view text) { return text.size() > 2 && text.front() == '{' && text.back() == '}'; }
std::string_view name_in(std::string_view braces) { return braces.substr(1, braces.size() - 2); }

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_';
  });
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = std::min(text.find(mark), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Result<void> Endpoint::read_path(std::string_view path) {
  if (!path.starts_with('/') || path.size() < 2) return refuse("a path that begins with /", "Write for example \"GET /products/category/{id}\".");
  path_ = path;
  for (const auto segment : split(path.substr(1), '/')) {
    const bool is_plain = !segment.empty() && segment.find_first_of("{}?#;%\\ ") == std::string_view::npos && segment != "." && segment != "..";
    if (!is_plain && !(is_parameter(segment) && is_name(name_in(segment)))) return refuse("a path of plain segments and {parameters}");
    if (is_parameter(segment)) {
      const auto name = name_in(segment);
      if (std::ranges::find(parameters_, name, &Parameter::name) != parameters_.end()) return refuse("a path with every {parameter} once");
      parameters_.push_back({.name = std::string(name), .filtered = {}});
    }
    segments_.emplace_back(segment);
  }
  if (std::ranges::find(taken, segments_[0]) != taken.end()) return refuse("a path that aljibe does not serve itself", "/" + segments_[0] + " is taken.");
  return {};
}

/// `column=operator.{parameter}` and the text around it.
Result<void> Endpoint::read_term(std::string_view term) {
  const auto equals = std::min(term.find('='), term.size());
  const auto name = term.substr(0, equals);
  std::size_t depth = 0;
  std::size_t from = 0;  // what is behind the last parameter
  for (std::size_t at = 0; at < term.size(); ++at) {
    if (term[at] == '(') ++depth;
    if (term[at] == ')' && depth > 0) --depth;
    const auto end = term[at] == '{' ? term.find('}', at) : std::string_view::npos;
    const auto inner = end == std::string_view::npos ? std::string_view() : term.substr(at + 1, end - at - 1);
    if (!is_name(inner)) continue;  // no braces, or an operand's own
    const auto parameter = std::ranges::find(parameters_, inner, &Parameter::name);
    if (parameter == parameters_.end()) return refuse("a query whose {parameters} stand in the path", "{" + std::string(inner) + "} does not.");
    if (at < equals || name == "select" || name == "order") return refuse("{parameters} only as values of filters, limit and offset");
    parameter->filtered = name;
    pieces_.back().text += term.substr(from, at - from);
    pieces_.back().parameter = static_cast<std::size_t>(parameter - parameters_.begin());
    pieces_.back().place = depth > 0 ? Place::in_list : Place::alone;
    pieces_.emplace_back();
    from = end + 1;
    at = end;
  }
  pieces_.back().text += term.substr(from);
  return {};
}

Result<void> Endpoint::read_query(std::string_view query) {
  const auto question = std::min(query.find('?'), query.size());
  table_ = query.substr(0, question);
  if (table_.empty() || table_.find('/') != std::string::npos) return refuse("a table and its query, such as products?category_id=eq.{id}");
  pieces_.emplace_back();
  query.remove_prefix(std::min(question + 1, query.size()));
  for (const auto term : query.empty() ? std::vector<std::string_view>() : split(query, '&')) {
    if (!pieces_.back().text.empty() || pieces_.size() > 1) pieces_.back().text += '&';
    ALJ_TRY(read_term(term));
  }
  for (const auto& parameter : parameters_) {
    if (parameter.filtered.empty()) return refuse("a query that uses every parameter of its path", "{" + parameter.name + "} is not used.");
  }
  return {};
}

Result<Endpoint> Endpoint::make(std::string_view name, std::string_view query, std::string summary) {
  const auto blank = name.find(' ');
  if (name.substr(0, blank) != "GET") return refuse("GET and a path", "Write for example \"GET /products/category/{id}\".");
  Endpoint endpoint;
  endpoint.summary_ = std::move(summary);
  ALJ_TRY(endpoint.read_path(name.substr(blank + 1)));
  ALJ_TRY(endpoint.read_query(query));
  return endpoint;
}

std::optional<std::string> Endpoint::match(std::string_view path) const {
  if (!path.starts_with('/')) return std::nullopt;
  const auto segments = split(path.substr(1), '/');
  if (segments.size() != segments_.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (is_parameter(segments_[i])) {
      auto value = percent_decode(segments[i]);
      if (!value || value->empty() || !is_utf8(*value) || value->contains('\0')) return std::nullopt;
      values.push_back(std::move(*value));
    } else if (segments[i] != segments_[i]) {
      return std::nullopt;
    }
  }
  std::string query;
  for (const auto& piece : pieces_) {
    query += piece.text;
    if (!piece.parameter) continue;
    const auto& value = values[*piece.parameter];
    // Inside a list or a tree nothing between quotes is punctuation.
    query += percent_encode(piece.place == Place::in_list ? quoted(value) : value);
  }
  return query;
}

}  // namespace aljibe::serve
