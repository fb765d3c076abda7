#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "base/result.h"
#include "io/task.h"
#include "telemetry/metrics.h"

namespace aljibe::auth {

/// Says who the bearer of a token is.   Threads: any.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  /// The bearer of a token that was verified before and still holds: not expired, not revoked. Null when that is not known.
  /// Costs some tens of nanoseconds and never blocks.
  [[nodiscard]] virtual std::shared_ptr<const Identity> known(std::string_view token) = 0;

  /// Verifies the token.
  /// Errors: token_invalid, token_expired, with a reason that a caller may know; auth_unavailable.
  virtual io::Task<Result<std::shared_ptr<const Identity>>> identify(std::string token) = 0;

  /// Its figures as metrics, behind those that are there.
  virtual void add_samples(std::vector<telemetry::Sample>& samples) const { static_cast<void>(samples); }
};

}  // namespace aljibe::auth
