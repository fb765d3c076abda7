#pragma once

#include "config/key.h"

namespace aljibe::config {

/// Every key of aljibe.yaml, from the top. Its values go into a Settings.
const Section& keys();

}  // namespace aljibe::config
