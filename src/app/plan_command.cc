#include "pipeline/plan.h"

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/load_options.h"
#include "app/terminal.h"
#include "app/world.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("PIPELINE", arguments.pipeline, "The pipeline to look at; without it every one");
}

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  for (const auto& pipeline : ALJ_TRY(pipelines_of(settings, arguments.pipeline))) {
    auto text = ALJ_TRY(pipeline::plan(pipeline.loads, load_options(settings, arguments)));
    if (text.ends_with('\n')) text.pop_back();
    say(text);
  }
  return 0;
}

}  // namespace

const Command plan_command{
    .name = "plan",
    .summary = "Show what load would do, and change nothing",
    .examples = "  aljibe plan              dialects, types, table definitions, about how many rows and how long\n"
                "  aljibe plan catalogue    of one pipeline\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
