#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.h"
#include "serve/access.h"

namespace aljibe::serve::detail {

/// What a method does to a table.
enum class Verb : std::uint8_t { read, insert, put, update, remove };
inline constexpr std::array all_verbs{Verb::read, Verb::insert, Verb::put, Verb::update, Verb::remove};

std::string_view name_of(Verb verb);
/// "get", "post" …
std::string_view method_of(Verb verb);
constexpr bool has_body(Verb verb) { return verb == Verb::insert || verb == Verb::put || verb == Verb::update; }
/// Whether its rows are chosen by a filter.
constexpr bool has_filter(Verb verb) { return verb != Verb::insert; }

/// What may be done to `table`: views are only read, PUT needs a primary key and both of its rights.
std::vector<Verb> verbs_of(const model::Table& table, const Access& access);

/// A table with what the caller may do to it.
struct Described {
  const model::Table& table;
  std::vector<Verb> verbs;
  Permit permit;

  [[nodiscard]] bool may(Verb verb) const { return std::ranges::find(verbs, verb) != verbs.end(); }
  /// Whether a preference or filter may ask for more than the verb alone: 401 `permission_denied`.
  [[nodiscard]] bool may_be_denied(Verb verb) const;
};

/// A name for a component: OpenAPI takes only letters, digits and `. - _`, a database any text. A dot stands before two
/// hexadecimal digits here, so that "my.20table" is `my table`, and what follows a dot but is no such pair, as in
/// "products.insert", is never the name of another table.
std::string component_name(std::string_view text);

/// "#/components/SECTION/NAME", which "$ref" points to.
std::string reference(std::string_view section, std::string_view name);

}  // namespace aljibe::serve::detail
