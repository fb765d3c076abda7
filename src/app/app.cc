#include "app/app.h"

#include <CLI/CLI.hpp>

namespace aljibe::app {

int run(int argument_count, char** arguments) {
  CLI::App program("From a file to a fast, always-fresh API", "aljibe");
  program.require_subcommand(1);
  CLI11_PARSE(program, argument_count, arguments);
  return 0;
}

}  // namespace aljibe::app
