#pragma once

#include "config/key.h"

namespace aljibe::config {

/// The keys under `auth`; they fill an Auth.
const Section& auth_keys();
/// The keys under `auth.built_in`; they fill a BuiltInAuth.
const Section& built_in_keys();

}  // namespace aljibe::config
