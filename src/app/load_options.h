#pragma once

#include "app/command.h"
#include "config/settings.h"
#include "pipeline/load.h"

namespace aljibe::app {

/// How load, plan and replay find the database, the files and the rejects.
pipeline::LoadOptions load_options(const config::Settings& settings, const Arguments& arguments);

}  // namespace aljibe::app
