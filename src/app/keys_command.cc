#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/sign_in.h"
#include "app/terminal.h"
#include "app/world.h"
#include "auth/api_keys.h"
#include "config/value.h"
#include "io/clock.h"

namespace aljibe::app {
namespace {

void options(CLI::App& command, Arguments& arguments) {
  command.add_option("ACTION", arguments.action, "add, list or revoke")->required()->check(CLI::IsMember({"add", "list", "revoke"}));
  command.add_option("WHICH", arguments.files, "For add, a name for people; for revoke, the key's id")->expected(0, 1);
  command.add_option("--role", arguments.role, "For add: what whoever has the key may do")->type_name("ROLE");
  command.add_option("--expires", arguments.expires, "For add: after which it is no longer taken, such as 90d")->type_name("TIME");
}

std::string day_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::sys_seconds(std::chrono::seconds(seconds))));
}

constexpr std::int64_t day_seconds = 86'400;

/// "in use", "expired 2026-03-01".
std::string state_of(const auth::ApiKey& key, std::int64_t now) {
  if (key.revoked_at) return "revoked " + day_text(*key.revoked_at);
  if (!key.expires_at) return "does not expire";
  return (*key.expires_at <= now ? "expired " : "expires ") + day_text(*key.expires_at);
}

Result<int> list(auth::ApiKeys& keys, std::int64_t now) {
  const auto all = ALJ_TRY(keys.list());
  for (const auto& key : all) {
    const auto used = key.used_day ? "used " + day_text(*key.used_day * day_seconds) : std::string("never used");
    say(fmt::format("{}  {}  role {} · made {} · {} · {}", key.id, key.name, key.role, day_text(key.created_at), state_of(key, now), used));
  }
  if (all.empty()) say("no keys");
  return 0;
}

Result<int> add(auth::ApiKeys& keys, const Arguments& arguments, const Clock& clock, std::int64_t now) {
  if (arguments.files.empty() || arguments.role.empty()) return fail(Code::usage_invalid, "A key needs a name and a role.", {}, "aljibe keys add nightly --role loader --expires 90d");
  std::optional<std::int64_t> expires_at;
  if (!arguments.expires.empty()) {
    const auto life = config::parse_duration(arguments.expires);
    if (!life || life->count() == 0) return fail(Code::usage_invalid, fmt::format("--expires {} is no time.", arguments.expires), {}, "Write for example 90d or 12h.");
    expires_at = now + std::chrono::ceil<std::chrono::seconds>(*life).count();
  }
  const auto made = ALJ_TRY(keys.add(arguments.files.front(), arguments.role, expires_at));
  audit_operator(clock, "key_added", made.key.id);
  say(made.token);
  say(fmt::format("The key {} of {} with the role {}, {}. It is shown this once.", made.key.id, made.key.name, made.key.role, state_of(made.key, now)));
  return 0;
}

Result<int> run(const Arguments& arguments) {
  const auto settings = ALJ_TRY(read_settings(arguments));
  const io::RealClock clock;
  const auto file = ALJ_TRY(open_accounts(settings, clock));
  auth::ApiKeys keys(*file);
  if (arguments.action == "list") return list(keys, file->seconds());
  if (arguments.action == "add") return add(keys, arguments, clock, file->seconds());
  if (arguments.files.empty()) return fail(Code::usage_invalid, "Which key?", {}, "aljibe keys list shows their ids.");
  ALJ_TRY(keys.revoke(arguments.files.front()));
  audit_operator(clock, "key_revoked", arguments.files.front());
  say(fmt::format("The key {} is revoked: no request with it is answered any more.", arguments.files.front()));
  return 0;
}

}  // namespace

const Command keys_command{
    .name = "keys",
    .summary = "Make, list and revoke the keys with which machines ask",
    .examples = "  aljibe keys add nightly --role loader --expires 90d     prints the key, this once\n"
                "  aljibe keys list\n"
                "  aljibe keys revoke 0f3a9c51d2e4b687                     at once, also where aljibe serve runs\n"
                "\n"
                "A machine sends its key as Authorization: Bearer KEY, or as apikey: KEY. The file of accounts has a hash of it.\n",
    .options = options,
    .run = run,
};

}  // namespace aljibe::app
