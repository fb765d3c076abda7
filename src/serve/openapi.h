#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/table.h"
#include "serve/rules.h"

namespace aljibe::serve {

/// Whether callers may say who they are.
enum class Tokens : std::uint8_t { ignored, taken };

/// The OpenAPI 3.1 description, as JSON, of what `rules` let a role do to the tables in `catalogue`, and of the named
/// endpoints. What the role may not use is not in it, nor is a hint of it.
std::string openapi(const model::Catalogue& catalogue, const Rules& rules, std::string_view role, std::string_view version, Tokens tokens = Tokens::ignored);

}  // namespace aljibe::serve
