#include "app/format_options.h"

#include <CLI/CLI.hpp>

namespace aljibe::app {
namespace {

std::optional<std::string> given(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text == "tab" || text == "\\t" ? "\t" : text;
}

}  // namespace

void add_format_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--input", arguments.input, "csv or jsonl, whatever the name says")->type_name("FORMAT")->check(CLI::IsMember({"csv", "jsonl"}));
  command.add_option("--encoding", arguments.encoding, "utf-8, utf-16, windows-1252, iso-8859-1 …")->type_name("NAME");
  command.add_option("--delimiter", arguments.delimiter, "The character between fields, or tab")->type_name("CHARACTER");
  command.add_option("--quote", arguments.quote, "The character around fields")->type_name("CHARACTER");
  command.add_option("--escape", arguments.escape, "The character before a quote inside quotes")->type_name("CHARACTER");
  command.add_option("--skip-lines", arguments.skip_lines, "Lines before the header that are not data")->type_name("N");
  command.add_flag("--no-header", arguments.no_header, "The first record is data");
}

model::FormatOptions format_options(const Arguments& arguments) {
  model::FormatOptions options{.format = given(arguments.input), .encoding = given(arguments.encoding), .delimiter = given(arguments.delimiter),
                               .quote = given(arguments.quote), .escape = given(arguments.escape)};
  if (arguments.no_header) options.header = false;
  if (arguments.skip_lines > 0) options.skip_lines = arguments.skip_lines;
  return options;
}

}  // namespace aljibe::app
