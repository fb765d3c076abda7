// Tokens as sqlite.org/lang_keywords.html and /lang_expr.html have them: names bare or in "", `` or []; texts in ''; comments.
#include "store/sqlite/schema_text.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.h"

namespace aljibe::store::sqlite {
namespace {

struct Token {
  enum class Kind : char { word, name, text, sign };  // name: a quoted one
  Kind kind = Kind::sign;
  std::string text;

  [[nodiscard]] bool is_word(std::string_view word) const { return kind == Kind::word && equal_ignoring_case(text, word); }
  [[nodiscard]] bool is_sign(char sign) const { return kind == Kind::sign && text[0] == sign; }
  [[nodiscard]] bool is_name() const { return kind == Kind::word || kind == Kind::name; }
};
using Tokens = std::vector<Token>;

bool is_word_byte(char byte) {
  return (byte >= '0' && byte <= '9') || (to_lower(byte) >= 'a' && to_lower(byte) <= 'z') || byte == '_' || byte == '$' || static_cast<unsigned char>(byte) >= 0x80U;
}

/// Up to the closing quote, which stands twice where it is meant. An open quote ends with the text.
std::string take_quoted(std::string_view& rest, char close) {
  std::string text;
  rest.remove_prefix(1);
  while (!rest.empty()) {
    const char byte = rest[0];
    rest.remove_prefix(1);
    if (byte == close) {
      if (close == ']' || rest.empty() || rest[0] != close) return text;
      rest.remove_prefix(1);
    }
    text += byte;
  }
  return text;
}

void skip_past(std::string_view& rest, std::string_view end) {
  const auto found = rest.find(end);
  rest.remove_prefix(found == std::string_view::npos ? rest.size() : found + end.size());
}

Tokens tokens_of(std::string_view sql) {
  Tokens tokens;
  while (!sql.empty()) {
    const char byte = sql[0];
    if (sql.starts_with("--")) {
      skip_past(sql, "\n");
    } else if (sql.starts_with("/*")) {
      skip_past(sql, "*/");
    } else if (byte == '\'') {
      tokens.push_back({Token::Kind::text, take_quoted(sql, byte)});
    } else if (byte == '"' || byte == '`' || byte == '[') {
      tokens.push_back({Token::Kind::name, take_quoted(sql, byte == '[' ? ']' : byte)});
    } else if (is_word_byte(byte)) {
      const auto end = static_cast<std::size_t>(std::ranges::find_if_not(sql, is_word_byte) - sql.begin());
      tokens.push_back({Token::Kind::word, std::string(sql.substr(0, end))});
      sql.remove_prefix(end);
    } else {
      if (byte > ' ') tokens.push_back({Token::Kind::sign, std::string(1, byte)});
      sql.remove_prefix(1);
    }
  }
  return tokens;
}

bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is_word(word); });
}

/// The tokens between the first parenthesis and the one that closes it.
Tokens body_of(const Tokens& tokens) {
  Tokens body;
  std::size_t depth = 0;
  for (const auto& token : tokens) {
    if (token.is_sign(')') && depth > 0 && --depth == 0) return body;
    if (depth > 0) body.push_back(token);
    if (token.is_sign('(')) ++depth;
  }
  return body;
}

}  // namespace

std::vector<std::string> foreign_key_names(std::string_view create_table) {
  std::vector<std::string> names;
  std::string pending;
  std::size_t depth = 0;
  const auto body = body_of(tokens_of(create_table));
  for (std::size_t i = 0; i < body.size(); ++i) {
    const auto& token = body[i];
    if (token.is_sign('(')) ++depth;
    if (token.is_sign(')') && depth > 0) --depth;
    if (depth > 0) continue;
    if (token.is_word("constraint") && i + 1 < body.size()) {
      pending = body[++i].text;
    } else if (token.is_word("references")) {
      names.push_back(std::exchange(pending, {}));
    } else if (token.is_sign(',') || is_any(token, {"primary", "unique", "check", "not", "default", "collate", "generated"})) {
      pending.clear();
    }
  }
  return names;
}

std::optional<std::string> projected_table(std::string_view create_view) {
  const auto tokens = tokens_of(create_view);
  const auto count = [&](std::string_view word) { return std::ranges::count_if(tokens, [&](const Token& token) { return token.is_word(word); }); };
  const bool may_repeat = std::ranges::any_of(tokens, [](const Token& token) { return is_any(token, {"join", "union", "intersect", "except", "values", "with", "group", "distinct", "returning"}); });
  if (may_repeat || count("select") != 1 || count("from") != 1) return std::nullopt;
  auto at = std::ranges::find_if(tokens, [](const Token& token) { return token.is_word("from"); });
  if (++at == tokens.end() || !at->is_name()) return std::nullopt;
  auto table = at->text;
  if (++at != tokens.end() && at->is_sign('.')) {
    if (++at == tokens.end()) return std::nullopt;
    table = at->text;
    ++at;
  }
  for (; at != tokens.end() && !is_any(*at, {"where", "order", "limit"}); ++at) {
    if (!at->is_name() && !at->is_sign(';')) return std::nullopt;
  }
  return table;
}

std::optional<Fts5> fts5_arguments(std::string_view create_virtual_table) {
  const auto tokens = tokens_of(create_virtual_table);
  const auto module = std::ranges::find_if(tokens, [](const Token& token) { return token.is_word("using"); });
  if (module == tokens.end() || module + 1 == tokens.end() || !(module + 1)->is_word("fts5")) return std::nullopt;
  Fts5 arguments;
  auto body = body_of(Tokens(module, tokens.end()));
  body.push_back({Token::Kind::sign, ","});
  Tokens one;
  for (const auto& token : body) {
    if (!token.is_sign(',')) {
      one.push_back(token);
      continue;
    }
    if (one.size() > 2 && one[1].is_sign('=')) {
      if (equal_ignoring_case(one[0].text, "content")) arguments.content = one[2].text;
      if (equal_ignoring_case(one[0].text, "content_rowid")) arguments.content_rowid = one[2].text;
    } else if (!one.empty() && one[0].kind != Token::Kind::sign && (one.size() < 2 || !one[1].is_word("unindexed"))) {
      arguments.columns.push_back(one[0].text);
    }
    one.clear();
  }
  return arguments;
}

}  // namespace aljibe::store::sqlite
