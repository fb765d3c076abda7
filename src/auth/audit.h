#pragma once

#include <string_view>
#include <utility>

#include "auth/registrar.h"
#include "telemetry/event.h"

namespace aljibe::auth {

/// Tells the audit log of sign-ins and what is around them: who, by the id of an account, from where, and how it went. Never an address of mail, a
/// password or a token.   Threads: any.
class Audit {
 public:
  /// In: the word for whose accounts they are.
  Audit(telemetry::Emit emit, std::string_view provider) : emit_(std::move(emit)), provider_(provider) {}

  /// `account` is empty where it is not known; `status` is 0 where nothing was refused.
  void operator()(std::string_view deed, std::string_view outcome, const Sender& sender, std::string_view account, int status = 0) const;

 private:
  telemetry::Emit emit_;
  std::string_view provider_;
};

}  // namespace aljibe::auth
