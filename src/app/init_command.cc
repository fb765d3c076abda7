#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/format_options.h"
#include "app/terminal.h"
#include "pipeline/init.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("FILE", arguments.files, "CSV or JSON Lines files, plain or compressed")->required();
  command.add_flag("--force", arguments.force, "Replace the configuration when there is one");
  add_format_options(command, arguments);
}

std::string closing(const Arguments& arguments, const pipeline::Initialised& made) {
  const std::string doubts = made.doubts == 0 ? "" : fmt::format(", {} marked \"check me\"", made.doubts);
  const std::string flag = arguments.config_given ? "--config " + arguments.config + " " : "";
  return fmt::format("wrote {} ({} lines{}) · next: aljibe {}load", arguments.config, made.lines, doubts, flag);
}

Result<int> run(const Arguments& arguments) {
  const auto overwrite = arguments.force ? pipeline::Overwrite::allow : pipeline::Overwrite::refuse;
  const auto made = ALJ_TRY(pipeline::init({.files = arguments.files, .output = arguments.config, .overwrite = overwrite,
                                            .format = format_options(arguments)}));
  for (const auto& line : made.report) say(line);
  say(closing(arguments, made));
  return 0;
}

}  // namespace

const Command init_command{
    .name = "init",
    .summary = "Look at files and write the aljibe.yaml that loads and serves them",
    .examples = "  aljibe init amazon_categories.csv amazon_products.csv\n"
                "  aljibe init data/*.csv --force                          look again, replace aljibe.yaml\n"
                "\n"
                "Every row is read: types, keys and references between the files are what the data prove. Where it was unsure,\n"
                "the file says \"check me\".\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
