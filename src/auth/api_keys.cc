#include "auth/api_keys.h"

#include "auth/secret.h"
#include "base/mac.h"
#include "base/text.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;
using store::sqlite::Statement;

constexpr std::string_view doing = "looking after keys";
constexpr std::string_view columns = "SELECT id, hash, name, role, created_at, expires_at, used_day, revoked_at FROM api_keys ";
constexpr std::size_t id_bytes = 8;
constexpr std::int64_t day_seconds = 86'400;

std::optional<std::int64_t> number(const Statement& statement, int column) {
  return statement.is_null(column) ? std::nullopt : std::optional(statement.integer(column));
}

ApiKey row_of(const Statement& statement) {
  return {.id = std::string(statement.text(0)), .name = std::string(statement.text(2)), .role = std::string(statement.text(3)), .created_at = statement.integer(4),
          .expires_at = number(statement, 5), .used_day = number(statement, 6), .revoked_at = number(statement, 7)};
}

struct Parts {
  std::string_view id;
  std::string_view secret;
};

std::optional<Parts> split(std::string_view token) {
  if (!token.starts_with(api_key_prefix)) return std::nullopt;
  token.remove_prefix(api_key_prefix.size());
  if (token.size() < 2 * id_bytes + 2 || token[2 * id_bytes] != '_') return std::nullopt;
  return Parts{.id = token.substr(0, 2 * id_bytes), .secret = token.substr(2 * id_bytes + 1)};
}

}  // namespace

Result<ApiKeys::Made> ApiKeys::add(std::string_view name, std::string_view role, std::optional<std::int64_t> expires_at) {
  const auto secret = new_secret();
  const auto hash = secret_hash(secret);
  Made made{.key = {.name = std::string(name), .role = std::string(role), .created_at = file_.seconds(), .expires_at = expires_at}, .token = {}};
  append_hex(made.key.id, random_bytes(id_bytes));
  made.token.append(api_key_prefix).append(made.key.id).append("_").append(secret);
  return file_.change([&](Connection& connection) -> Result<Made> {
    auto statement = ALJ_TRY(connection.prepare("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)", doing));
    statement.bind(1, std::string_view(made.key.id));
    statement.bind_blob(2, hash);
    statement.bind(3, name);
    statement.bind(4, role);
    statement.bind(5, made.key.created_at);
    if (expires_at) statement.bind(6, *expires_at);
    ALJ_TRY(statement.run());
    return made;
  });
}

Result<std::vector<ApiKey>> ApiKeys::list() {
  return file_.read([&](Connection& connection) -> Result<std::vector<ApiKey>> {
    auto statement = ALJ_TRY(connection.prepare(std::string(columns) + "ORDER BY created_at, id", doing));
    std::vector<ApiKey> keys;
    while (ALJ_TRY(statement.step()) == Statement::Step::row) keys.push_back(row_of(statement));
    return keys;
  });
}

Result<void> ApiKeys::revoke(std::string_view id) {
  return file_.change([&](Connection& connection) -> Result<void> {
    auto statement = ALJ_TRY(connection.prepare("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", doing));
    statement.bind(1, file_.seconds());
    statement.bind(2, id);
    ALJ_TRY(statement.run());
    if (connection.changes() == 0) return fail(Code::account_unknown, "No key that is in use has the id " + shortened(id));
    return AccountFile::revoke(connection);
  });
}

Result<std::optional<ApiKey>> ApiKeys::find(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  const auto hash = secret_hash(parts->secret);
  const auto now = file_.seconds();
  auto found = ALJ_TRY(file_.read([&](Connection& connection) -> Result<std::optional<ApiKey>> {
    auto statement = ALJ_TRY(connection.prepare(std::string(columns) + "WHERE id = ?", doing));
    statement.bind(1, parts->id);
    if (ALJ_TRY(statement.step()) == Statement::Step::done || !Mac::equal(statement.blob(1), hash)) return std::nullopt;
    return row_of(statement);
  }));
  if (!found || found->revoked_at || (found->expires_at && *found->expires_at <= now)) return std::nullopt;
  if (found->used_day.value_or(0) >= now / day_seconds) return found;
  ALJ_TRY(file_.change([&](Connection& connection) -> Result<void> {
    auto statement = ALJ_TRY(connection.prepare("UPDATE api_keys SET used_day = ? WHERE id = ?", doing));
    statement.bind(1, now / day_seconds);
    statement.bind(2, parts->id);
    return statement.run();
  }));
  return found;
}

}  // namespace aljibe::auth
