// One session is a chain of refresh tokens; only the newest has not been used. A refresh marks it used and adds the next, in
// one transaction. A used token that comes again means that two have had it: which of them is the thief nobody can say, so the
// session ends (RFC 9700 §4.14.2). A client whose answer was lost signs in again: a time in which a used token still counts
// would be the thief's time too.
#include "auth/sessions.h"

#include <optional>

#include "auth/secret.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;
using store::sqlite::Statement;

constexpr std::string_view doing = "looking after sessions";

/// Sessions whose last token has expired, a few at a time.
Result<void> forget_old(Connection& connection, std::int64_t now) {
  auto statement = ALJ_TRY(connection.prepare("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < ? LIMIT 16)", doing));
  statement.bind(1, now);
  return statement.run();
}

Result<void> end_in(Connection& connection, std::string_view session, std::int64_t now) {
  auto statement = ALJ_TRY(connection.prepare("UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", doing));
  statement.bind(1, now);
  statement.bind(2, session);
  ALJ_TRY(statement.run());
  return connection.changes() == 0 ? Result<void>() : AccountFile::revoke(connection);
}

/// One that is neither gone nor disabled.
Result<std::optional<Account>> living(Connection& connection, std::string_view id) {
  auto found = ALJ_TRY(Accounts::find_in(connection, "id", id));
  if (!found || found->account.is_disabled) return std::nullopt;
  return std::move(found->account);
}

}  // namespace

Result<std::string> Sessions::add_token(Connection& connection, std::string_view session) {
  auto token = new_secret();
  const auto hash = secret_hash(token);
  const auto end = file_.seconds() + life_.count();
  auto statement = ALJ_TRY(connection.prepare("INSERT INTO refresh_tokens VALUES (?, ?, NULL, ?)", doing));
  statement.bind_blob(1, hash);
  statement.bind(2, session);
  statement.bind(3, end);
  ALJ_TRY(statement.run());
  auto prolonging = ALJ_TRY(connection.prepare("UPDATE sessions SET expires_at = ? WHERE id = ?", doing));
  prolonging.bind(1, end);
  prolonging.bind(2, session);
  ALJ_TRY(prolonging.run());
  return token;
}

Result<SignedIn> Sessions::begin(std::string_view account) {
  const auto now = file_.seconds();
  return file_.change([&](Connection& connection) -> Result<SignedIn> {
    ALJ_TRY(forget_old(connection, now));
    auto marking = ALJ_TRY(connection.prepare("UPDATE accounts SET signed_in_at = ? WHERE id = ?", doing));
    marking.bind(1, file_.milliseconds());
    marking.bind(2, account);
    ALJ_TRY(marking.run());
    auto found = ALJ_TRY(living(connection, account));
    if (!found) return fail(Code::account_unknown);
    SignedIn begun{.account = std::move(*found), .session = new_id(), .began_at = now, .refresh_token = {}};
    auto statement = ALJ_TRY(connection.prepare("INSERT INTO sessions VALUES (?, ?, ?, NULL, ?)", doing));
    statement.bind(1, std::string_view(begun.session));
    statement.bind(2, account);
    statement.bind(3, now);
    statement.bind(4, now);
    ALJ_TRY(statement.run());
    begun.refresh_token = ALJ_TRY(add_token(connection, begun.session));
    return begun;
  });
}

Result<Sessions::Refresh> Sessions::refresh(std::string_view token) {
  const auto hash = secret_hash(token);
  return file_.change([&](Connection& connection) { return use(connection, hash); });
}

Result<Sessions::Refresh> Sessions::use(Connection& connection, const std::string& hash) {
  const auto now = file_.seconds();
  auto looking = ALJ_TRY(connection.prepare(
      "SELECT s.id, s.account, s.began_at, s.ended_at, t.used_at, t.expires_at FROM refresh_tokens t JOIN sessions s ON s.id = t.session WHERE t.hash = ?", doing));
  looking.bind_blob(1, hash);
  if (ALJ_TRY(looking.step()) == Statement::Step::done) return Refresh();
  Refresh refresh;
  auto& next = refresh.next;
  next.session = looking.text(0);
  next.account.id = looking.text(1);
  next.began_at = looking.integer(2);
  if (!looking.is_null(3) || looking.integer(5) <= now) return refresh;
  const bool is_used = !looking.is_null(4);
  looking.reset();
  if (is_used) {
    ALJ_TRY(end_in(connection, next.session, now));
    refresh.fate = Fate::reused;
    return refresh;
  }
  auto account = ALJ_TRY(living(connection, next.account.id));
  if (!account) return refresh;
  next.account = std::move(*account);
  auto using_up = ALJ_TRY(connection.prepare("UPDATE refresh_tokens SET used_at = ? WHERE hash = ?", doing));
  using_up.bind(1, now);
  using_up.bind_blob(2, hash);
  ALJ_TRY(using_up.run());
  next.refresh_token = ALJ_TRY(add_token(connection, next.session));
  refresh.fate = Fate::refreshed;
  return refresh;
}

Result<void> Sessions::end(std::string_view session) {
  return file_.change([&](Connection& connection) { return end_in(connection, session, file_.seconds()); });
}

Result<Account> Sessions::account_of(std::string_view session, std::string_view account) {
  return file_.read([&](Connection& connection) -> Result<Account> {
    auto statement = ALJ_TRY(connection.prepare("SELECT 1 FROM sessions WHERE id = ? AND account = ? AND ended_at IS NULL", doing));
    statement.bind(1, session);
    statement.bind(2, account);
    if (ALJ_TRY(statement.step()) == Statement::Step::done) return fail(Code::account_unknown);
    auto found = ALJ_TRY(living(connection, account));
    if (!found) return fail(Code::account_unknown);
    return std::move(*found);
  });
}

}  // namespace aljibe::auth
