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

/// What a role may do to `table`: views are only read, PUT needs a primary key and both of its rights.
std::vector<Verb> verbs_of(const model::Table& table, const Access& access, std::string_view role);

/// A table with what a role may do to it.
struct Described {
  model::Table table;              // with the columns that may be read
  std::vector<Verb> verbs;
  model::Table inserted, updated;  // with those that may be written

  [[nodiscard]] bool may(Verb verb) const { return std::ranges::find(verbs, verb) != verbs.end(); }
};

/// A name for a component: OpenAPI takes only letters, digits and `. - _`, a database any text. A dot stands before two
/// hexadecimal digits here, so that "my.20table" is `my table`, and what follows a dot but is no such pair, as in
/// "products.insert", is never the name of another table.
std::string component_name(std::string_view text);

/// "#/components/SECTION/NAME", which "$ref" points to.
std::string reference(std::string_view section, std::string_view name);

}  // namespace aljibe::serve::detail
