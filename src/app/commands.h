#pragma once

#include "app/command.h"

namespace aljibe::app {

extern const Command init_command;
extern const Command peek_command;
extern const Command plan_command;
extern const Command load_command;
extern const Command replay_command;
extern const Command generate_command;
extern const Command serve_command;
extern const Command check_command;
extern const Command cache_command;
extern const Command users_command;
extern const Command keys_command;
extern const Command schema_command;
extern const Command completion_command;
extern const Command version_command;

}  // namespace aljibe::app
