#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::config {

/// Fetches what a reference names: scheme is "env", "file" …; given by whoever may touch the world. The error's message
/// says why there is nothing ("is not set"), without the reference itself.
using Resolve = std::function<Result<std::string>(std::string_view scheme, std::string_view name)>;

struct Resolved {
  std::string text;
  std::string references;  // those that were replaced, for messages: "${env:PORT}"; empty when there was none
};

/// Replaces every ${scheme:name} in `text`. `$${` stands for a literal `${`; a `${name}` without a colon is left for
/// others (templates of derived columns).
///
/// Errors: config_reference, naming the reference: unknown scheme, not closed, or `resolve` has nothing.
Result<Resolved> resolve_references(std::string_view text, const Resolve& resolve);

}  // namespace aljibe::config
