#pragma once

#include <memory>
#include <string_view>

#include "auth/built_in.h"
#include "auth/firebase_registrar.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "telemetry/event.h"

namespace aljibe::app {

/// The built-in accounts that aljibe.yaml wants; null when it wants none. `clock` outlives the object.
/// Errors: those of auth::BuiltIn::open.
Result<std::unique_ptr<auth::BuiltIn>> built_in_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit);

/// Firebase as the place where people sign up and in; null where aljibe.yaml has no auth.firebase with an api_key or an emulator.
std::unique_ptr<auth::FirebaseRegistrar> firebase_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit);

/// The file of accounts, for commands that look into it. Errors: usage_invalid where aljibe.yaml has no built-in accounts.
Result<std::unique_ptr<auth::AccountFile>> open_accounts(const config::Settings& settings, const Clock& clock);

/// Tells the audit log, on standard error, what an operator did to the account or key `which`.
void audit_operator(const Clock& clock, std::string_view deed, std::string_view which);

}  // namespace aljibe::app
