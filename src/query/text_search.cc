// fts       or   = and *( "|" and )        and = not *( "&" not )      not = [ "!" ] ( "(" or ")" / chain )
//           chain = word *( "<->" word )   word = text [ ":*" ] / "'" text "'" [ ":*" ]
// wfts      words and "phrases", "or" between, "-" in front; whatever else stands there is a word
// plfts     all words; phfts: as one phrase
#include "query/text_search.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace aljibe::query {
namespace {

using Node = TextSearch::Node;

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// Words without a letter or digit are none.
bool is_word(std::string_view text) {
  return std::ranges::any_of(text, [](char byte) { return (byte >= '0' && byte <= '9') || (to_lower(byte) >= 'a' && to_lower(byte) <= 'z') || static_cast<unsigned char>(byte) >= 0x80U; });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, is_blank) - text.begin());
    if (is_word(text.substr(0, end))) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

TextSearch phrase(std::vector<std::string> words) { return {.node = Node::phrase, .words = std::move(words)}; }

TextSearch joined(Node node, std::vector<TextSearch> children) {
  if (children.size() == 1) return std::move(children[0]);
  return {.node = node, .children = std::move(children)};
}

TextSearch plain(std::string_view text) {
  TextSearch search;
  for (auto& word : words_of(text)) search.children.push_back(phrase({std::move(word)}));
  return search;
}

/// Binds as websearch_to_tsquery does: "or" is weaker than standing side by side.
TextSearch web(std::string_view text) {
  std::vector<TextSearch> either;
  std::vector<TextSearch> all;
  const auto take = [&](std::string_view part, bool is_negated) {
    auto words = words_of(part);
    if (words.empty()) return;
    auto one = phrase(std::move(words));
    if (is_negated) one = {.node = Node::none_of, .children = {std::move(one)}};
    all.push_back(std::move(one));
  };
  while (!text.empty()) {
    if (is_blank(text[0])) {
      text.remove_prefix(1);
      continue;
    }
    const bool is_negated = text.size() > 1 && text[0] == '-' && !is_blank(text[1]);
    if (is_negated) text.remove_prefix(1);
    if (text[0] == '"') {
      const auto end = std::min(text.find('"', 1), text.size());
      take(text.substr(1, end - 1), is_negated);
      text.remove_prefix(std::min(end + 1, text.size()));
      continue;
    }
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, [](char byte) { return is_blank(byte) || byte == '"'; }) - text.begin());
    if (!is_negated && !all.empty() && equal_ignoring_case(text.substr(0, end), "or")) {
      either.push_back({.node = Node::all_of, .children = std::exchange(all, {})});
    } else {
      take(text.substr(0, end), is_negated);
    }
    text.remove_prefix(end);
  }
  if (!all.empty()) either.push_back({.node = Node::all_of, .children = std::move(all)});
  if (either.empty()) return {};
  return joined(Node::any_of, std::move(either));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), rest_(text) {}

  Result<TextSearch> whole() {
    skip();
    if (rest_.empty()) return TextSearch();
    auto search = ALJ_TRY(either(0));
    if (!rest_.empty()) return failure();
    return search;
  }

 private:
  void skip() {
    while (!rest_.empty() && is_blank(rest_[0])) rest_.remove_prefix(1);
  }
  bool take(std::string_view sign) {
    skip();
    if (!rest_.starts_with(sign)) return false;
    rest_.remove_prefix(sign.size());
    skip();
    return true;
  }
  [[nodiscard]] std::unexpected<Error> failure() const { return fail(Code::value_invalid, "syntax error in tsquery: \"" + std::string(whole_.substr(0, 100)) + "\""); }

  Result<TextSearch> either(std::size_t depth) {
    std::vector<TextSearch> parts;
    do parts.push_back(ALJ_TRY(all(depth)));
    while (take("|"));
    return joined(Node::any_of, std::move(parts));
  }
  Result<TextSearch> all(std::size_t depth) {
    std::vector<TextSearch> parts;
    do parts.push_back(ALJ_TRY(one(depth)));
    while (take("&"));
    return joined(Node::all_of, std::move(parts));
  }
  Result<TextSearch> one(std::size_t depth) {
    constexpr std::size_t depth_max = 32;
    if (depth == depth_max) return failure();
    if (take("!")) {
      TextSearch search{.node = Node::none_of};
      search.children.push_back(ALJ_TRY(one(depth + 1)));
      return search;
    }
    if (!take("(")) return chain();
    auto inner = ALJ_TRY(either(depth + 1));
    if (!take(")")) return failure();
    return inner;
  }
  Result<TextSearch> chain() {
    TextSearch search{.node = Node::phrase};
    do {
      if (search.is_prefix) return failure();  // only the last word of a phrase may go on
      search.words.push_back(ALJ_TRY(word()));
      if (take(":")) {
        search.is_prefix = rest_.find_first_of("*") == 0;
        while (!rest_.empty() && std::string_view("*abcdABCD").contains(rest_[0])) rest_.remove_prefix(1);
        skip();
      }
    } while (take("<->"));
    return search;
  }
  Result<std::string> word() {
    std::string text;
    if (take("'")) {
      while (!rest_.empty() && rest_[0] != '\'') {
        text += rest_[0];
        rest_.remove_prefix(1);
      }
      if (!take("'")) return failure();
    } else {
      const auto end = rest_.find_first_of(" \t\r\n&|!():<'*");
      text = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end, rest_.size()));
      skip();
    }
    if (!is_word(text)) return failure();
    return text;
  }

  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

Result<TextSearch> parse_text_search(std::string_view text, Operator op) {
  switch (op) {
    case Operator::fts: return Parser(text).whole();
    case Operator::phfts: {
      auto words = words_of(text);
      if (words.empty()) return TextSearch();
      return phrase(std::move(words));
    }
    case Operator::wfts: return web(text);
    default: return plain(text);
  }
}

}  // namespace aljibe::query
