#pragma once

#include <string>
#include <string_view>

#include "model/table.h"

namespace aljibe::serve {

/// The OpenAPI 3.1 description of the tables in `catalogue`, as JSON. The catalogue holds only what the caller may read.
std::string openapi(const model::Catalogue& catalogue, std::string_view version);

}  // namespace aljibe::serve
