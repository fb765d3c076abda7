#include "auth/codes.h"

#include "auth/email.h"
#include "auth/secret.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;
using store::sqlite::Statement;

constexpr std::string_view doing = "looking after codes";

std::string_view word(Purpose purpose) { return purpose == Purpose::verify ? "verify" : "reset"; }

}  // namespace

Result<std::string> Codes::make(const Account& account, Purpose purpose) {
  auto code = new_secret();
  const auto hash = secret_hash(code);
  const auto key = ALJ_TRY(email_key(account.email));
  return file_.change([&](Connection& connection) -> Result<std::string> {
    auto clearing = ALJ_TRY(connection.prepare("DELETE FROM codes WHERE account = ? AND kind = ?", doing));
    clearing.bind(1, std::string_view(account.id));
    clearing.bind(2, word(purpose));
    ALJ_TRY(clearing.run());
    auto statement = ALJ_TRY(connection.prepare("INSERT INTO codes VALUES (?, ?, ?, ?, ?)", doing));
    statement.bind_blob(1, hash);
    statement.bind(2, std::string_view(account.id));
    statement.bind(3, word(purpose));
    statement.bind(4, std::string_view(key));
    statement.bind(5, file_.seconds() + life_.count());
    ALJ_TRY(statement.run());
    return code;
  });
}

Result<std::optional<Account>> Codes::find(Connection& connection, const std::string& hash, Purpose purpose) const {
  auto statement = ALJ_TRY(connection.prepare(
      "SELECT a.id FROM codes c JOIN accounts a ON a.id = c.account AND a.email_key = c.email_key WHERE c.hash = ? AND c.kind = ? AND c.expires_at > ?", doing));
  statement.bind_blob(1, hash);
  statement.bind(2, word(purpose));
  statement.bind(3, file_.seconds());
  if (ALJ_TRY(statement.step()) == Statement::Step::done) return std::nullopt;
  auto found = ALJ_TRY(Accounts::find_in(connection, "id", statement.text(0)));
  if (!found || found->account.is_disabled) return std::nullopt;
  return std::move(found->account);
}

Result<std::optional<Account>> Codes::look(std::string_view code, Purpose purpose) {
  const auto hash = secret_hash(code);
  return file_.read([&](Connection& connection) { return find(connection, hash, purpose); });
}

Result<std::optional<Account>> Codes::use(std::string_view code, Purpose purpose) {
  const auto hash = secret_hash(code);
  return file_.change([&](Connection& connection) -> Result<std::optional<Account>> {
    auto account = ALJ_TRY(find(connection, hash, purpose));
    auto statement = ALJ_TRY(connection.prepare("DELETE FROM codes WHERE hash = ? AND kind = ?", doing));
    statement.bind_blob(1, hash);
    statement.bind(2, word(purpose));
    ALJ_TRY(statement.run());
    return account;
  });
}

}  // namespace aljibe::auth
