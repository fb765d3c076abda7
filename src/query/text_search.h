#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/plan.h"

namespace aljibe::query {

/// What a full-text search looks for.
struct TextSearch {
  enum class Node : std::uint8_t { phrase, all_of, any_of, none_of };  // none_of: what its one child does not find
  Node node = Node::all_of;
  std::vector<TextSearch> children;
  std::vector<std::string> words;  // phrase: next to each other
  bool is_prefix = false;          // the last word may go on

  friend bool operator==(const TextSearch&, const TextSearch&) = default;
};

/// Reads the operand of `op`: PostgreSQL's to_tsquery (fts), plainto_ (plfts), phraseto_ (phfts) or websearch_to_tsquery
/// (wfts). A search for nothing is an all_of without children and finds nothing.
///
/// Errors:  value_invalid, of fts alone: the others take any text.
/// Source:  PostgreSQL's documentation, §12.3.2.
Result<TextSearch> parse_text_search(std::string_view text, Operator op);

}  // namespace aljibe::query
