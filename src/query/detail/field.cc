#include "query/detail/field.h"

#include <algorithm>

namespace aljibe::query::detail {
namespace {

constexpr std::size_t steps_max = 32;

/// A quoted text, or all up to a stop or an arrow. A hyphen that begins no arrow belongs to the name.
std::string parse_name(Scanner& scanner, const std::string& stops) {
  if (auto quoted = scanner.quoted()) return std::move(*quoted);
  std::string name(scanner.until(stops));
  while (scanner.peek() == '-' && !scanner.rest().starts_with("->")) {
    scanner.take('-');
    name += '-';
    name += scanner.until(stops);
  }
  return name;
}

}  // namespace

bool is_index(std::string_view key) {
  constexpr std::size_t digits_max = 9;
  if (key.starts_with('-')) key.remove_prefix(1);
  return !key.empty() && key.size() <= digits_max && std::ranges::all_of(key, [](char byte) { return byte >= '0' && byte <= '9'; });
}

Result<Field> parse_field(Scanner& scanner, std::string_view stops) {
  const auto ends = std::string(stops) + '-';
  // What stands behind a relation's name may stand in a key.
  auto key_ends = ends;
  std::erase(key_ends, '!');
  Field field{.is_quoted = scanner.peek() == '"'};
  field.column = parse_name(scanner, ends);
  auto& path = field.path;
  while (scanner.rest().starts_with("->")) {
    if (path.last == JsonPath::Arrow::text) return scanner.failure("nothing after the key of \"->>\"");
    if (path.steps.size() == steps_max) return scanner.failure("a path of at most " + std::to_string(steps_max) + " keys");
    path.last = scanner.take("->>") ? JsonPath::Arrow::text : JsonPath::Arrow::json;
    scanner.take("->");
    const bool quoted = scanner.peek() == '"';
    const Scanner before = scanner;
    auto key = parse_name(scanner, key_ends);
    const bool index = !quoted && is_index(key);
    if (!quoted && !index && (key.empty() || key.starts_with('-'))) return before.failure("a key or an index");
    path.steps.push_back({.key = std::move(key), .is_index = index});
  }
  return field;
}

}  // namespace aljibe::query::detail
