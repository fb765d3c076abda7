#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "app/commands.h"
#include "app/terminal.h"
#include "app/world.h"
#include "base/percent.h"
#include "base/text.h"
#include "io/http_client.h"
#include "store/database.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("ACTION", arguments.action, "status, install or remove, of the triggers; explain, of an answer")->required()->check(CLI::IsMember({"status", "install", "remove", "explain"}));
  command.add_option("TARGET", arguments.files, "An SQLite file, instead of what aljibe.yaml says; for explain, the address of an answer")->expected(0, 1);
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

/// "/rest/v1/products?limit=3", of that or of the whole address.
std::string_view target_of(std::string_view address) {
  const auto scheme = address.find("://");
  if (scheme == std::string_view::npos) return address;
  return address.substr(std::min(address.find('/', scheme + 3), address.size()));
}

/// The words of a problem; what came, when it is none.
Error problem_in(const io::HttpReply& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element problem;
  std::string_view words, hint;
  if (parser.parse(simdjson::padded_string(answer.body)).get(problem) != simdjson::SUCCESS || problem["detail"].get(words) != simdjson::SUCCESS) {
    return Error(Code::server_unreachable, fmt::format("The server answers with status {}", answer.status), answer.body.substr(0, 200));
  }
  if (problem["hint"].get(hint) != simdjson::SUCCESS) hint = "";
  return Error(Code::usage_invalid, std::string(words), {}, std::string(hint));
}

/// What the listener for operators says, as plain text where it can.
Result<io::HttpReply> ask(const config::AdminListen& admin, const std::string& target) {
  const auto is_ipv6 = admin.address.contains(':');
  const auto place = fmt::format("http://{}{}{}:{}", is_ipv6 ? "[" : "", admin.address, is_ipv6 ? "]" : "", admin.port);
  auto reply = io::http_call({.url = place + target, .plain = io::HttpCall::Plain::to_any, .headers = {"Accept: text/plain"}});
  if (!reply) return fail(Code::server_unreachable, fmt::format("Nothing answers at {}: {}", place, reply.error().message()), {}, "Is aljibe serve running there?");
  return reply;
}

/// Asks the aljibe that runs by the same aljibe.yaml.
Result<int> explain(const Arguments& arguments) {
  if (arguments.files.empty()) return fail(Code::usage_invalid, "Which answer?", {}, "aljibe cache explain '/rest/v1/products?category_id=eq.1'");
  const auto settings = ALJ_TRY(read_settings(arguments));
  if (!settings.admin) return fail(Code::usage_invalid, settings.file + ": there is no listener for operators to ask", {}, "Add admin: {port: 8081} and start aljibe serve again.");
  const auto target = "/admin/v1/cache/explain?url=" + percent_encode(target_of(arguments.files.front()));
  const auto answer = ALJ_TRY(ask(*settings.admin, target));
  if (answer.status != 200) return std::unexpected(problem_in(answer));
  say(trim(answer.body));
  return 0;
}

Result<int> run(const Arguments& arguments) {
  if (arguments.action == "explain") return explain(arguments);
  const auto database = ALJ_TRY(open_database(arguments));
  if (arguments.action == "install") ALJ_TRY(database->start_log());
  if (arguments.action == "remove") ALJ_TRY(database->stop_log());
  ALJ_TRY(tell(*database));
  return 0;
}

}  // namespace

const Command cache_command{
    .name = "cache",
    .summary = "Show, install or remove the triggers that tell the cache of changed rows, or explain an answer",
    .examples = "  aljibe cache status             which tables are logged, one a line\n"
                "  aljibe cache install shop.db    make the triggers now; aljibe serve does it by itself\n"
                "  aljibe cache remove             leave nothing in the database; cache: {changelog: off} keeps it so\n"
                "  aljibe cache explain '/rest/v1/products?category_id=eq.71'\n"
                "                                  of the aljibe that runs: is it fresh, what did it read, which row dropped it\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
