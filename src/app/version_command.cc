#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/terminal.h"

namespace aljibe::app {
namespace {

void options(CLI::App&, Arguments&) {}

Result<int> run(const Arguments&) {
  say("aljibe " ALJIBE_VERSION);
  return 0;
}

}  // namespace

const Command version_command{
    .name = "version", .summary = "Print the version", .examples = "", .options = options, .run = run};

}  // namespace aljibe::app
