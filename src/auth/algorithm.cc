#include "auth/algorithm.h"

#include <algorithm>
#include <array>

namespace aljibe::auth {
namespace {

constexpr auto names = std::to_array<std::string_view>({"none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"});

}  // namespace

std::optional<Algorithm> algorithm_of(std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<Algorithm>(found - names.begin()));
}

std::string_view name(Algorithm algorithm) { return names[static_cast<std::size_t>(algorithm)]; }

Family family(Algorithm algorithm) {
  if (algorithm == Algorithm::none) return Family::unsigned_;
  return algorithm <= Algorithm::hs512 ? Family::symmetric : Family::asymmetric;
}

}  // namespace aljibe::auth
