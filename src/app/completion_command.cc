#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/terminal.h"

namespace aljibe::app {
namespace {

/// The flags of every command, as CLI11 knows them, so that no list is kept twice.
std::string flags(const Command& command) {
  Arguments unused;
  CLI::App app;
  command.options(app, unused);
  std::string words = "--help --config";
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (name != "help") words += " --" + name;
    }
  }
  return words;
}

std::string names() {
  std::string words;
  for (const auto& command : commands()) words += (words.empty() ? "" : " ") + std::string(command.name);
  return words;
}

std::string bash() {
  std::string cases;
  for (const auto& command : commands()) cases += fmt::format("    {}) words=\"{}\" ;;\n", command.name, flags(command));
  return fmt::format(R"(# aljibe completion bash: source this, or put it into /etc/bash_completion.d/
_aljibe() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}} words=
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "{}" -- "$word")
    return
  fi
  case $command in
{}  esac
  [[ $command == completion ]] && words="bash zsh fish"
  if [[ $word == -* || $command == completion ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _aljibe aljibe)", names(), cases);
}

std::string zsh() {
  std::string list;
  std::string cases;
  for (const auto& command : commands()) {
    list += fmt::format("    '{}:{}'\n", command.name, command.summary);
    cases += fmt::format("    {}) compadd -- {} ;;\n", command.name, flags(command));
  }
  return fmt::format(R"(#compdef aljibe
# aljibe completion zsh: put this as _aljibe into a folder of $fpath
_aljibe() {{
  local -a commands
  commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  if [[ $words[2] == completion ]]; then
    compadd bash zsh fish
    return
  fi
  [[ $words[CURRENT] == -* ]] || {{ _files; return }}
  case $words[2] in
{}  esac
}}
compdef _aljibe aljibe)", list, cases);
}

std::string fish() {
  std::string lines = "# aljibe completion fish: put this as aljibe.fish into ~/.config/fish/completions\n";
  for (const auto& command : commands()) {
    lines += fmt::format("complete -c aljibe -n __fish_use_subcommand -f -a {} -d '{}'\n", command.name, command.summary);
    std::string words = flags(command);
    for (std::size_t from = 0; from < words.size();) {
      const auto to = std::min(words.find(' ', from), words.size());
      lines += fmt::format("complete -c aljibe -n '__fish_seen_subcommand_from {}' -l {}\n", command.name, words.substr(from + 2, to - from - 2));
      from = to + 1;
    }
  }
  return lines + "complete -c aljibe -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'";
}

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("SHELL", arguments.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

Result<int> run(const Arguments& arguments) {
  say(arguments.shell == "bash" ? bash() : arguments.shell == "zsh" ? zsh() : fish());
  return 0;
}

}  // namespace

const Command completion_command{
    .name = "completion",
    .summary = "Print a script that lets your shell complete commands and options",
    .examples = "  source <(aljibe completion bash)                                      for this shell\n"
                "  aljibe completion fish > ~/.config/fish/completions/aljibe.fish       for good\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
