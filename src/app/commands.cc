#include "app/commands.h"

namespace aljibe::app {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{init_command,     peek_command,  plan_command,   load_command,       replay_command, generate_command,
                                        serve_command,    cache_command, users_command, keys_command, check_command, schema_command, completion_command, version_command};
  return all;
}

}  // namespace aljibe::app
