#include <CLI/CLI.hpp>

#include <cstdio>

#include "app/commands.h"
#include "app/format_options.h"
#include "app/terminal.h"
#include "pipeline/peek.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("FILE", arguments.files, "The file to look at")->required()->expected(1);
  command.add_flag("--all", arguments.all, "Print every row as it is understood, and nothing else");
  command.add_option("--format", arguments.format, "How --all prints: csv or json")->check(CLI::IsMember({"csv", "json"}))->default_str("csv");
  add_format_options(command, arguments);
}

Result<void> print(std::string_view piece) {
  if (std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size()) return {};
  return fail(Code::file_unwritable, "Standard output was closed before every row was printed.");
}

Result<int> run(const Arguments& arguments) {
  const auto& file = arguments.files.front();
  if (arguments.all) {
    const auto format = arguments.format == "json" ? pipeline::RowFormat::json : pipeline::RowFormat::csv;
    if (auto printed = pipeline::print_rows(file, format_options(arguments), format, print); !printed) return std::unexpected<Error>(printed.error());
    std::fflush(stdout);
    return 0;
  }
  auto text = pipeline::describe(ALJ_TRY(pipeline::peek(file, format_options(arguments))), static_cast<std::size_t>(width(stdout)));
  if (text.ends_with('\n')) text.pop_back();
  say(text);
  return 0;
}

}  // namespace

const Command peek_command{
    .name = "peek",
    .summary = "Show how a file is read: dialect with evidence, types, damage, first rows",
    .examples = "  aljibe peek amazon_products.csv\n"
                "  aljibe peek odd.csv --delimiter ';' --encoding windows-1252       when it guessed wrong\n"
                "  aljibe peek odd.csv --all --format json | head                    every row as it is understood\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
