#pragma once

#include "config/key.h"

namespace aljibe::config {

/// The keys of one role of a table; they fill a RoleRule.
const Section& role_keys();

}  // namespace aljibe::config
