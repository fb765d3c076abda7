#include "app/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aljibe::app {
namespace {

Result<serve::RowPolicy> policy_of(const std::optional<std::string>& text, const std::string& where) {
  if (!text) return serve::RowPolicy();
  auto policy = serve::RowPolicy::make(*text);
  if (!policy) return fail(Code::config_value_invalid, fmt::format("{} cannot be \"{}\", expected {}.", where, *text, policy.error().message()));
  return policy;
}

/// What a role may do: by its word, or by a rule of its own, which goes before the word.
Result<std::optional<serve::Grant>> grant_of(const config::RoleRule& role, std::string_view word, const std::optional<config::DeedRule>& rule, const std::string& where) {
  const bool has_word = std::ranges::find(role.may, word) != role.may.end();
  if (!rule) return has_word ? std::optional<serve::Grant>(std::in_place) : std::nullopt;
  if (!rule->allowed) return std::nullopt;
  serve::Grant grant{.columns = {}, .where = ALJ_TRY(policy_of(rule->where, where + ".where")), .with_check = {}, .rows_max = rule->rows_max};
  grant.with_check = ALJ_TRY(policy_of(rule->with_check, where + ".with_check"));
  grant.columns = rule->columns;
  if (grant.columns && grant.columns->empty()) return fail(Code::config_value_invalid, where + ".columns names none", {}, "Leave it out for all columns; forbid the whole with false.");
  return std::optional(std::move(grant));
}

}  // namespace

Result<serve::Access> access_of(const config::Settings& settings) {
  if (settings.tables.empty()) return serve::Access();
  auto access = serve::Access::none();
  for (const auto& [table, rule] : settings.tables) {
    access.serve(table);
    for (const auto& [name, role] : rule.roles) {
      const auto where = fmt::format("tables.{}.roles.{}", table, name);
      serve::Grants grants;
      grants.read = ALJ_TRY(grant_of(role, "read", role.read, where + ".read"));
      grants.insert = ALJ_TRY(grant_of(role, "insert", role.insert, where + ".insert"));
      grants.update = ALJ_TRY(grant_of(role, "update", role.update, where + ".update"));
      grants.remove = ALJ_TRY(grant_of(role, "delete", role.remove, where + ".delete"));
      access.grant(table, name, std::move(grants));
    }
  }
  return access;
}

}  // namespace aljibe::app
