#pragma once

#include <memory>
#include <vector>

#include "auth/provider.h"
#include "auth/verifiers.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "telemetry/event.h"

namespace aljibe::app {

/// Who says who somebody is, as aljibe.yaml wants it; null when it has no section auth. Asks nobody yet.
/// In: `first` judge before those of the section: the built-in provider, API keys. `clock` outlives the object.
/// Errors: config_value_invalid, file_unreadable.
Result<std::unique_ptr<auth::Verifiers>> authentication_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit,
                                                           std::vector<std::unique_ptr<auth::Provider>> first = {});

}  // namespace aljibe::app
