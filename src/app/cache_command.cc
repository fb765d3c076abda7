#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/terminal.h"
#include "app/world.h"
#include "store/database.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("ACTION", arguments.action, "status, install or remove")->required()->check(CLI::IsMember({"status", "install", "remove"}));
  command.add_option("DATABASE", arguments.files, "An SQLite file, instead of what aljibe.yaml says")->expected(0, 1);
}

Result<std::unique_ptr<store::Database>> open_database(const Arguments& arguments) {
  if (!arguments.files.empty()) return store::open_sqlite(arguments.files.front(), Limits());
  const auto settings = ALJ_TRY(read_settings(arguments));
  return store::open_sqlite(config::database_file(settings), settings.limits);
}

/// A line a table: whether its changes are logged.
Result<void> tell(store::Database& database) {
  const auto catalogue = ALJ_TRY(database.catalogue());
  for (const auto& table : catalogue->tables) {
    const auto* const how = table.is_logged ? "each changed row is logged" : table.relation == model::Relation::view ? "a view: any commit outdates its answers" : "not logged: any commit outdates its answers";
    say(fmt::format("{} {}   {}", table.is_logged ? coloured(stdout, Colour::green, "✓") : "·", table.name, how));
  }
  return {};
}

Result<int> run(const Arguments& arguments) {
  const auto database = ALJ_TRY(open_database(arguments));
  if (arguments.action == "install") ALJ_TRY(database->start_log());
  if (arguments.action == "remove") ALJ_TRY(database->stop_log());
  ALJ_TRY(tell(*database));
  return 0;
}

}  // namespace

const Command cache_command{
    .name = "cache",
    .summary = "Show, install or remove the triggers that tell the cache of changed rows",
    .examples = "  aljibe cache status             which tables are logged, one a line\n"
                "  aljibe cache install shop.db    make the triggers now; aljibe serve does it by itself\n"
                "  aljibe cache remove             leave nothing in the database; cache: {changelog: off} keeps it so\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
