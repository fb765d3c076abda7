#include "app/app.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "app/command.h"
#include "app/terminal.h"
#include "base/text.h"

namespace aljibe::app {
namespace {

constexpr std::string_view footer =
    "The first two minutes, in a folder with your files:\n"
    "  aljibe init *.csv     look at the files and write aljibe.yaml\n"
    "  aljibe load           load them into tables\n"
    "  aljibe serve          serve the tables; open http://127.0.0.1:8080\n"
    "\n"
    "More about a command: aljibe COMMAND --help\n"
    "Exit codes: 0 done · 1 failed · 2 usage · 3 configuration · 4 input data · 5 database or system · 6 refused to protect data\n";

/// CLI11's own page, with the examples last and no heading that says the same as the line below it.
class Page : public CLI::Formatter {
 public:
  Page() {
    constexpr std::size_t column = 30;
    column_width(column);
    label("SUBCOMMAND", "COMMAND");
    label("SUBCOMMANDS", "COMMANDS");
  }
  std::string make_description(const CLI::App* command) const override { return command->get_description() + "\n"; }
  std::string make_footer(const CLI::App* command) const override {
    const auto text = command->get_footer();
    return text.empty() ? std::string() : "\n" + text + (text.ends_with('\n') ? "" : "\n");
  }
};

std::string examples(const Command& command) {
  return command.examples.empty() ? std::string() : "Examples:\n" + std::string(command.examples);
}

void describe(CLI::App& program, Arguments& arguments) {
  program.require_subcommand(0, 1);
  program.fallthrough();
  program.formatter(std::make_shared<Page>());
  program.set_help_flag("-h,--help", "Show this page, or that of a command");
  program.add_option("-c,--config", arguments.config, "The configuration")->type_name("FILE")->capture_default_str();
  program.footer(std::string(footer));
  for (const auto& command : commands()) {
    auto* const sub = program.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer(examples(command));
    command.options(*sub, arguments);
  }
}

/// The word that should have been a command, when there is one.
std::string_view unknown_command(int argument_count, char** arguments) {
  for (int i = 1; i < argument_count; ++i) {
    const std::string_view word(arguments[i]);
    if (word == "-c" || word == "--config") {
      ++i;
    } else if (!word.starts_with('-')) {
      for (const auto& command : commands()) {
        if (command.name == word) return {};
      }
      return word;
    }
  }
  return {};
}

Error unknown(std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto& command : commands()) names.push_back(command.name);
  const auto meant = closest(word, names);
  return Error(Code::usage_invalid, "There is no command \"" + std::string(word.substr(0, 60)) + "\".", {},
               meant.empty() ? "aljibe --help lists them." : "Did you mean \"aljibe " + std::string(meant) + "\"?");
}

int refuse(const Error& error) {
  complain(error);
  return exit_code(error.code());
}

/// Parse errors are ours to word; help is CLI11's to print.
int parse_outcome(const CLI::App& program, const CLI::ParseError& outcome) {
  if (outcome.get_exit_code() == 0) return program.exit(outcome);
  const auto chosen = program.get_subcommands();
  const std::string name = chosen.empty() ? "" : chosen.front()->get_name() + " ";
  return refuse(Error(Code::usage_invalid, std::string(outcome.what()) + ".", {}, "See aljibe " + name + "--help."));
}

int run_command(const CLI::App& chosen, const Arguments& arguments) {
  for (const auto& command : commands()) {
    if (command.name != chosen.get_name()) continue;
    const auto code = command.run(arguments);
    return code ? *code : refuse(code.error());
  }
  return 1;
}

}  // namespace

int run(int argument_count, char** arguments) {
  if (const auto word = unknown_command(argument_count, arguments); !word.empty()) return refuse(unknown(word));
  CLI::App program("From files to a fast, always-fresh API", "aljibe");
  Arguments read;
  describe(program, read);
  try {
    program.parse(argument_count, arguments);
  } catch (const CLI::ParseError& outcome) {
    return parse_outcome(program, outcome);
  }
  const auto chosen = program.get_subcommands();
  if (chosen.empty()) {
    say(program.help());
    return exit_code(Code::usage_invalid);
  }
  read.config_given = program.count("--config") > 0;
  return run_command(*chosen.front(), read);
}

}  // namespace aljibe::app
