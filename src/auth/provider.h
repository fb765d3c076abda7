#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/identity.h"
#include "auth/parsed_token.h"
#include "base/result.h"
#include "io/task.h"

namespace aljibe::auth {

/// Says who the bearers of one kind of token are: one issuer's, or one kind of opaque ones.   Threads: any.
class Provider {
 public:
  virtual ~Provider() = default;

  /// One word for metrics and logs: "firebase", "built-in", "key", the name of an OIDC issuer.
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// Whether it is this provider who judges the token. Decided by the form and the issuer alone, before any key or algorithm.
  [[nodiscard]] virtual bool speaks_for(const ParsedToken& token) const = 0;

  /// Verifies the token. The identity's `expires` is when somebody must look again: the token's end, or earlier.
  /// Errors: token_invalid, token_expired (refuse() makes both, with the reason's word), auth_unavailable.
  virtual io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken token) = 0;

  /// Another number than before when identities that were handed out may no longer hold: whoever was known is looked at again.
  /// Read at each request: one load from memory, no more.
  [[nodiscard]] virtual std::uint64_t epoch() const { return 0; }
};

}  // namespace aljibe::auth
