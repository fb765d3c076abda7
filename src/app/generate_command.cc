#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/terminal.h"
#include "config/value.h"
#include "pipeline/generate.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("--rows", arguments.rows, "Products to make up")->type_name("N")->capture_default_str();
  command.add_option("--seed", arguments.seed, "Another seed, other products; the same seed, the same bytes")->type_name("S")->capture_default_str();
  command.add_option("--out", arguments.out, "The folder to write to")->type_name("DIR")->capture_default_str();
  command.add_option("--dirty", arguments.dirty, "Damage this share of the rows, and write down which: 1%")->type_name("SHARE");
  command.add_option("--threads", arguments.threads, "0: one for each core")->type_name("N")->capture_default_str();
}

Result<int> run(const Arguments& arguments) {
  pipeline::GenerateOptions wanted{.rows = arguments.rows, .seed = arguments.seed, .directory = arguments.out, .threads = arguments.threads};
  if (!arguments.dirty.empty()) {
    const auto ratio = config::parse_ratio(arguments.dirty);
    if (!ratio) return fail(Code::usage_invalid, fmt::format("--dirty needs {}.", ratio.error().message()));
    wanted.dirty_ratio = *ratio;
  }
  const auto made = ALJ_TRY(pipeline::generate(wanted));
  say(fmt::format("{}", made.categories_path));
  say(fmt::format("{}   {} rows   {:.1f} MB", made.products_path, grouped(made.rows), static_cast<double>(made.bytes) / 1e6));
  if (!made.truth_path.empty()) say(fmt::format("{}   {} damaged rows, one line each", made.truth_path, grouped(made.damaged)));
  return 0;
}

}  // namespace

const Command generate_command{
    .name = "generate",
    .summary = "Make up a catalogue of products, as large as you like",
    .examples = "  aljibe generate                                        100,000 products here\n"
                "  aljibe generate --rows 1426337 --seed 7 --out big      as large as the real one, 376 MB\n"
                "  aljibe generate --dirty 1% --out dirty                 with every kind of damage, and a file that says where\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
