#include <CLI/CLI.hpp>

#include <algorithm>

#include "app/commands.h"
#include "app/load_options.h"
#include "app/progress_bar.h"
#include "app/terminal.h"
#include "app/world.h"
#include "pipeline/load.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("PIPELINE", arguments.pipeline, "The pipeline to run; without it every one, in the order of aljibe.yaml");
  command.add_flag("--restart", arguments.restart, "Forget what an interrupted run has loaded, and begin again");
  command.add_option("--threads", arguments.threads, "Threads that read; 0: one for each core")->type_name("N")->capture_default_str();
}

std::size_t widest_table(const std::vector<config::Pipeline>& pipelines) {
  std::size_t widest = 0;
  for (const auto& pipeline : pipelines) {
    for (const auto& load : pipeline.loads) widest = std::max(widest, load.table.size());
  }
  return widest;
}

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  const auto chosen = ALJ_TRY(pipelines_of(settings, arguments.pipeline));
  const auto wanted = load_options(settings, arguments);
  ProgressBar bar(widest_table(chosen));
  for (const auto& pipeline : chosen) summarise(ALJ_TRY(pipeline::load(pipeline.name, pipeline.loads, wanted, bar)));
  return 0;
}

}  // namespace

const Command load_command{
    .name = "load",
    .summary = "Load files into tables, as the pipelines of aljibe.yaml say",
    .examples = "  aljibe load                  every pipeline; a database that does not exist is made\n"
                "  aljibe load catalogue        one of them\n"
                "\n"
                "Stop it whenever you like: the next run goes on where the last one had committed, and no row is loaded twice.\n"
                "Rows that do not fit are kept in rejects/ with the reason; see aljibe replay --help.\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
