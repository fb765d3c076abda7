#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "format/arena.h"

namespace aljibe::format {

enum class JsonKind : std::uint8_t { absent, null, boolean, number, text, nested };

/// A member's value: a text is unescaped, a number keeps the digits it is written with, an object or array is the text it
/// stands in. A member that is not there is `absent`.
struct JsonCell {
  JsonKind kind = JsonKind::absent;
  std::string_view text;
};

/// Reads JSON objects without building a tree; whatever it takes is well-formed JSON. Texts live in the arena.   Threads: one.
class JsonWalker {
 public:
  using Begin = std::function<bool()>;
  using Member = std::function<bool(std::string_view key, const JsonCell& cell)>;  // `key` is valid during the call

  JsonWalker();
  ~JsonWalker();
  JsonWalker(const JsonWalker&) = delete;
  JsonWalker& operator=(const JsonWalker&) = delete;

  /// Calls `member` for each member of the object that `text` is; false when it is none, or when `member` says so.
  bool object(std::string_view text, Arena& arena, const Member& member);
  /// The same for an array of objects; `begin` is called before the members of each.
  bool objects(std::string_view text, Arena& arena, const Begin& begin, const Member& member);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace aljibe::format
