#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/load.h"

namespace aljibe::config {

struct Member;

/// A YAML document as values with places; what YAML can say and a configuration has no use for is already refused.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  model::Place place;
  bool quoted = false;                                // a scalar in quotes or a block is text and nothing else
  std::string text;                                   // of a scalar
  std::vector<Node> items;                            // of a list
  std::vector<Member> members;                        // of a map, each key once, in file order

  [[nodiscard]] const Node* find(std::string_view key) const;
};

struct Member {
  Node key;  // a scalar
  Node value;
};

/// What a configuration may cost at most.
inline constexpr std::size_t document_bytes_max = 1 << 20;
inline constexpr std::size_t nodes_max = 50'000;
inline constexpr std::size_t depth_max = 24;

/// Parses one YAML document; an empty one is a null node.
///
/// Errors: config_syntax with `file:line:column`: not YAML, an alias (so that no text can grow by reference), a key
///         that stands twice, a key that is not a scalar, several documents, or one of the bounds above.
Result<Node> parse(std::string_view yaml, std::string_view file);

/// `text` as it may stand in a message: no control characters, not too long.
std::string shown(std::string_view text);

/// "aljibe.yaml:14:5"
std::string to_text(std::string_view file, const model::Place& place);

}  // namespace aljibe::config
