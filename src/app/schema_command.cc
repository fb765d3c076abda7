#include "config/schema.h"

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/terminal.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_flag("--markdown", arguments.markdown, "The same keys as a page for people");
}

Result<int> run(const Arguments& arguments) {
  auto text = arguments.markdown ? config::reference_markdown() : config::json_schema();
  text.pop_back();
  say(text);
  return 0;
}

}  // namespace

const Command schema_command{
    .name = "schema",
    .summary = "Print the JSON Schema of aljibe.yaml, for editors",
    .examples = "  aljibe schema > aljibe.schema.json\n"
                "  # and as the first line of aljibe.yaml, for editors with the YAML language server:\n"
                "  # yaml-language-server: $schema=aljibe.schema.json\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
