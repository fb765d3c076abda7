#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/sign_in.h"
#include "app/terminal.h"
#include "app/world.h"
#include "auth/access_token.h"
#include "auth/accounts.h"
#include "io/clock.h"

namespace aljibe::app {
namespace {

using auth::Accounts;

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("ACTION", arguments.action, "list, role, claims, disable, enable, revoke or remove")
      ->required()->check(CLI::IsMember({"list", "role", "claims", "disable", "enable", "revoke", "remove"}));
  command.add_option("WORDS", arguments.files, "The account's address, and for role and claims the new ones")->expected(0, 2);
}

Result<int> list(Accounts& accounts) {
  constexpr std::size_t shown_max = 10'000;
  const auto all = ALJ_TRY(accounts.list(shown_max));
  for (const auto& account : all) {
    const auto made = std::chrono::floor<std::chrono::seconds>(std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(account.created_at)));
    say(fmt::format("{}  {}  {} · since {:%Y-%m-%d}{}{}{}", account.id, account.email, account.role.empty() ? "default role" : "role " + account.role, fmt::gmtime(made),
                    account.is_verified ? "" : " · not verified", account.is_disabled ? " · disabled" : "", account.claims.empty() ? "" : " · " + account.claims));
  }
  if (all.empty()) say("no accounts");
  if (all.size() == shown_max) say(fmt::format("the first {} only", grouped(shown_max)));
  return 0;
}

/// What the action does to the account `id`, and the sentence that says so.
Result<std::string> act(Accounts& accounts, const Arguments& arguments, const std::string& id) {
  const auto& action = arguments.action;
  const auto word = arguments.files.size() > 1 ? arguments.files[1] : std::string();
  if (action == "role") {
    ALJ_TRY(accounts.set_role(id, word));
    return word.empty() ? "has the default role" : "has the role " + word;
  }
  if (action == "claims") {
    const auto claims = word.empty() ? word : ALJ_TRY(auth::check_claims(word));
    ALJ_TRY(accounts.set_claims(id, claims));
    return std::string("has these claims in every token from now on");
  }
  if (action == "enable") {
    ALJ_TRY(accounts.set_state(id, Accounts::State::enabled));
    return std::string("may sign in again");
  }
  if (action == "disable") {
    ALJ_TRY(accounts.set_state(id, Accounts::State::disabled));
    return std::string("is disabled and signed out everywhere");
  }
  if (action == "revoke") {
    ALJ_TRY(accounts.revoke(id));
    return std::string("is signed out everywhere");
  }
  ALJ_TRY(accounts.remove(id));
  return std::string("is removed");
}

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  const io::RealClock clock;
  const auto file = ALJ_TRY(open_accounts(settings, clock));
  Accounts accounts(*file);
  if (arguments.action == "list") return list(accounts);
  if (arguments.files.empty()) return fail(Code::usage_invalid, "Whose account?", {}, "aljibe users list shows their addresses.");
  const auto& email = arguments.files.front();
  const auto found = ALJ_TRY(accounts.find_by_email(email));
  if (!found) return fail(Code::account_unknown, "Nobody has an account with the address " + email, {}, "aljibe users list shows them all.");
  const auto done = ALJ_TRY(act(accounts, arguments, found->account.id));
  audit_operator(clock, "user_" + arguments.action, found->account.id);
  say(email + " " + done + ".");
  return 0;
}

}  // namespace

const Command users_command{
    .name = "users",
    .summary = "List the people with an account, and change what they may do",
    .examples = "  aljibe users list\n"
                "  aljibe users role ann@example.org editor                  from her next request on\n"
                "  aljibe users claims ann@example.org '{\"tenant\": \"t7\"}'    for policies: ${claims.tenant}\n"
                "  aljibe users disable ann@example.org                      enable lets her in again\n"
                "  aljibe users revoke ann@example.org                       she must sign in again, everywhere\n"
                "  aljibe users remove ann@example.org\n"
                "\n"
                "A running aljibe serve hears of it before its next answer.\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
