#pragma once

#include "config/key.h"

namespace aljibe::config {

/// The keys under `auth`; they fill an Auth.
const Section& auth_keys();

}  // namespace aljibe::config
