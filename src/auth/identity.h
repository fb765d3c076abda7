#pragma once

#include <chrono>
#include <string>

#include "auth/claims.h"

namespace aljibe::auth {

/// Who asks, as a verifier made sure of it. Immutable once shared.
struct Identity {
  std::string role;     // never empty; what it may do, the tables say
  std::string issuer;   // "built-in", "key", or the issuer's URL
  std::string subject;  // of this issuer; of an API key its id
  Claims claims;
  std::chrono::system_clock::time_point expires = std::chrono::system_clock::time_point::max();

  /// Who it is among all issuers: two identities with one name are one person or one machine.
  [[nodiscard]] std::string name() const { return issuer + '\n' + subject; }
};

}  // namespace aljibe::auth
