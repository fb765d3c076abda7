#pragma once

#include <string_view>

namespace aljibe::serve {

/// A file of src/serve/assets as it was when the program was built; empty when there is none of that name.
std::string_view asset(std::string_view name);

}  // namespace aljibe::serve
