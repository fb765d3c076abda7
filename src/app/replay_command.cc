#include "pipeline/replay.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/load_options.h"
#include "app/progress_bar.h"
#include "app/terminal.h"
#include "app/world.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("FILE", arguments.files, "A file of rejects, as aljibe load wrote it")->required()->expected(1);
}

/// The load that wrote rejects/RUN-TABLE.jsonl.
Result<model::Load> load_of(const config::Settings& settings, const std::string& file) {
  const auto name = file.substr(file.rfind('/') + 1);
  for (const auto& pipeline : settings.pipelines) {
    for (const auto& load : pipeline.loads) {
      if (name.ends_with("-" + load.table + ".jsonl")) return load;
    }
  }
  return fail(Code::usage_invalid, fmt::format("No load of {} fits {}.", settings.file, name), {}, "The name of a file of rejects is RUN-TABLE.jsonl.");
}

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  const auto& file = arguments.files.front();
  const auto load = ALJ_TRY(load_of(settings, file));
  ProgressBar bar(load.table.size());
  summarise(ALJ_TRY(pipeline::replay(file, load, load_options(settings, arguments), bar)));
  return 0;
}

}  // namespace

const Command replay_command{
    .name = "replay",
    .summary = "Load rejected rows again, after they or aljibe.yaml were mended",
    .examples = "  aljibe replay rejects/20261124-1-products.jsonl\n"
                "\n"
                "Each line holds the row as it stood in the file (\"raw\") and why it was rejected (\"code\", \"message\"). Mend \"raw\", or the\n"
                "column's rule in aljibe.yaml. What still does not fit is in a new file; no row is loaded twice.\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
