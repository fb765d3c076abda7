#pragma once

#include <cstdint>
#include <string_view>

#include "auth/throttle.h"
#include "base/address.h"
#include "base/clock.h"
#include "base/result.h"

namespace aljibe::auth {

/// What somebody tries.
enum class Attempt : std::uint8_t { sign_in, sign_up, refresh, message, code };

/// Slows down who guesses: by account and client, by client, and, more gently, by account, so that nobody can lock out another.
/// Threads: any.
class Turnstile {
 public:
  struct Bounds {
    std::uint32_t tries = 5;                         // of one client at one account before it waits
    std::chrono::milliseconds wait_max{900'000};
    std::size_t names_max = 65'536;
  };

  /// `clock` outlives the object.
  Turnstile(const Bounds& bounds, const Clock& clock) : bounds_(bounds), throttle_(bounds.names_max), clock_(clock) {}

  /// In: `account` is the address that was given, in any spelling, whether there is such an account or not; it may be empty.
  /// Errors: rate_limited, which says how long to wait.
  Result<void> enter(Attempt deed, std::string_view account, const Address& client);
  /// The try was none: nobody looked at it.
  void undo(Attempt deed, std::string_view account, const Address& client);
  /// The try ended well.
  void forgive(Attempt deed, std::string_view account, const Address& client);

 private:
  const Bounds bounds_;
  Throttle throttle_;
  const Clock& clock_;
};

}  // namespace aljibe::auth
