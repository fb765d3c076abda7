#include "auth/accounts.h"

#include <utility>

#include "auth/email.h"
#include "auth/secret.h"
#include "base/text.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;
using store::sqlite::Statement;

constexpr std::string_view doing = "looking after accounts";
constexpr std::string_view columns =
    "SELECT id, email, is_verified, password, display_name, photo_url, role, claims, is_disabled, revision, valid_since, created_at, password_at, signed_in_at FROM accounts ";

Locked row_of(const Statement& statement) {
  return {.account = {.id = std::string(statement.text(0)), .email = std::string(statement.text(1)), .is_verified = statement.integer(2) != 0,
                      .display_name = std::string(statement.text(4)), .photo_url = std::string(statement.text(5)), .role = std::string(statement.text(6)),
                      .claims = std::string(statement.text(7)), .is_disabled = statement.integer(8) != 0, .revision = statement.integer(9),
                      .valid_since = statement.integer(10), .created_at = statement.integer(11), .password_at = statement.integer(12),
                      .signed_in_at = statement.integer(13)},
          .password = std::string(statement.text(3))};
}

/// Whether the address belongs to another account than `id`.
Result<bool> is_taken(Connection& connection, std::string_view key, std::string_view id) {
  auto statement = ALJ_TRY(connection.prepare("SELECT 1 FROM accounts WHERE email_key = ? AND id <> ?", doing));
  statement.bind(1, key);
  statement.bind(2, id);
  return ALJ_TRY(statement.step()) == Statement::Step::row;
}

Result<void> end_sessions(Connection& connection, std::string_view id, std::string_view kept, std::int64_t now) {
  auto statement = ALJ_TRY(connection.prepare("UPDATE sessions SET ended_at = ? WHERE account = ? AND id <> ? AND ended_at IS NULL", doing));
  statement.bind(1, now);
  statement.bind(2, id);
  statement.bind(3, kept);
  return statement.run();
}

}  // namespace

Result<Account> Accounts::add(std::string_view email, std::string_view password_hash) {
  const auto key = ALJ_TRY(email_key(email));
  const auto now = file_.milliseconds();
  Account account{.id = new_id(), .email = std::string(trim(email)), .revision = 1, .valid_since = file_.seconds(), .created_at = now, .password_at = now};
  return file_.change([&](Connection& connection) -> Result<Account> {
    if (ALJ_TRY(is_taken(connection, key, account.id))) return fail(Code::account_exists);
    auto statement = ALJ_TRY(connection.prepare("INSERT INTO accounts VALUES (?, ?, ?, 0, ?, NULL, NULL, NULL, NULL, 0, 1, ?, ?, ?, 0)", doing));
    statement.bind(1, std::string_view(account.id));
    statement.bind(2, std::string_view(account.email));
    statement.bind(3, std::string_view(key));
    statement.bind(4, password_hash);
    statement.bind(5, account.valid_since);
    statement.bind(6, account.created_at);
    statement.bind(7, account.password_at);
    ALJ_TRY(statement.run());
    return account;
  });
}

Result<std::optional<Locked>> Accounts::find_in(Connection& connection, std::string_view column, std::string_view value) {
  auto statement = ALJ_TRY(connection.prepare(std::string(columns) + "WHERE " + std::string(column) + " = ?", doing));
  statement.bind(1, value);
  if (ALJ_TRY(statement.step()) == Statement::Step::done) return std::nullopt;
  return row_of(statement);
}

Result<std::optional<Locked>> Accounts::find(std::string_view id) {
  return file_.read([&](Connection& connection) { return find_in(connection, "id", id); });
}

Result<std::optional<Locked>> Accounts::find_by_email(std::string_view email) {
  const auto key = email_key(email);
  if (!key) return std::nullopt;
  return file_.read([&](Connection& connection) { return find_in(connection, "email_key", *key); });
}

Result<std::vector<Account>> Accounts::list(std::size_t count_max) {
  return file_.read([&](Connection& connection) -> Result<std::vector<Account>> {
    auto statement = ALJ_TRY(connection.prepare(std::string(columns) + "ORDER BY email_key LIMIT ?", doing));
    statement.bind(1, static_cast<std::int64_t>(count_max));
    std::vector<Account> accounts;
    while (ALJ_TRY(statement.step()) == Statement::Step::row) accounts.push_back(row_of(statement).account);
    return accounts;
  });
}

/// `assignments` may name the value ?2 and the time ?3.
Result<void> Accounts::update(std::string_view id, std::string_view assignments, std::string_view value, Ends ends, std::string_view kept_session) {
  const auto now = file_.milliseconds();
  return file_.change([&](Connection& connection) -> Result<void> {
    std::string sql = "UPDATE accounts SET " + std::string(assignments);
    if (ends != Ends::nothing && kept_session.empty()) sql += ", revision = revision + 1";
    if (ends == Ends::sessions) sql += ", valid_since = ?3 / 1000";
    auto statement = ALJ_TRY(connection.prepare(sql + " WHERE id = ?1 AND ?2 IS NOT NULL AND ?3 IS NOT NULL", doing));
    statement.bind(1, id);
    statement.bind(2, value);
    statement.bind(3, now);
    ALJ_TRY(statement.run());
    if (connection.changes() == 0) return fail(Code::account_unknown);
    if (ends == Ends::nothing) return {};
    if (ends == Ends::sessions) ALJ_TRY(end_sessions(connection, id, kept_session, now / 1000));
    return AccountFile::revoke(connection);
  });
}

Result<void> Accounts::set_profile(std::string_view id, const Profile& profile) {
  if (profile.display_name) ALJ_TRY(update(id, "display_name = nullif(?2, '')", *profile.display_name, Ends::nothing));
  if (profile.photo_url) ALJ_TRY(update(id, "photo_url = nullif(?2, '')", *profile.photo_url, Ends::nothing));
  return {};
}

Result<void> Accounts::set_password(std::string_view id, std::string_view password_hash, std::string_view kept_session) {
  return update(id, "password = ?2, password_at = ?3", password_hash, Ends::sessions, kept_session);
}

Result<void> Accounts::set_email(std::string_view id, std::string_view email) {
  const auto key = ALJ_TRY(email_key(email));
  return file_.change([&](Connection& connection) -> Result<void> {
    if (ALJ_TRY(is_taken(connection, key, id))) return fail(Code::account_exists);
    auto statement = ALJ_TRY(connection.prepare("UPDATE accounts SET email = ?2, email_key = ?3, is_verified = 0, revision = revision + 1 WHERE id = ?1", doing));
    statement.bind(1, id);
    statement.bind(2, trim(email));
    statement.bind(3, std::string_view(key));
    ALJ_TRY(statement.run());
    if (connection.changes() == 0) return fail(Code::account_unknown);
    return AccountFile::revoke(connection);
  });
}

Result<void> Accounts::set_verified(std::string_view id) { return update(id, "is_verified = 1", "", Ends::nothing); }
Result<void> Accounts::set_role(std::string_view id, std::string_view role) { return update(id, "role = nullif(?2, '')", role, Ends::access_tokens); }
Result<void> Accounts::set_claims(std::string_view id, std::string_view claims) { return update(id, "claims = nullif(?2, '')", claims, Ends::access_tokens); }

Result<void> Accounts::set_state(std::string_view id, State state) {
  return state == State::enabled ? update(id, "is_disabled = 0", "", Ends::nothing) : update(id, "is_disabled = 1", "", Ends::sessions);
}

Result<void> Accounts::revoke(std::string_view id) { return update(id, "id = id", "", Ends::sessions); }

Result<void> Accounts::remove(std::string_view id) {
  return file_.change([&](Connection& connection) -> Result<void> {
    auto statement = ALJ_TRY(connection.prepare("DELETE FROM accounts WHERE id = ?", doing));
    statement.bind(1, id);
    ALJ_TRY(statement.run());
    if (connection.changes() == 0) return fail(Code::account_unknown);
    return AccountFile::revoke(connection);
  });
}

}  // namespace aljibe::auth
