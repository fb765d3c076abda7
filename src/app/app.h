#pragma once

namespace aljibe::app {

/// The whole program: reads the command line, runs the command, returns the process's exit code (docs/cli.md).
int run(int argument_count, char** arguments);

}  // namespace aljibe::app
