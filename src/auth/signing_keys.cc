#include "auth/signing_keys.h"

namespace aljibe::auth {
namespace {

using store::sqlite::Connection;
using store::sqlite::Statement;

constexpr std::string_view doing = "looking after signing keys";

}  // namespace

/// The newest first.
Result<std::vector<SigningKey>> SigningKeys::read(Connection& connection, std::int64_t& made_at) {
  auto statement = ALJ_TRY(connection.prepare("SELECT private_key, created_at FROM signing_keys ORDER BY retired_at IS NOT NULL, created_at DESC", doing));
  std::vector<SigningKey> keys;
  while (ALJ_TRY(statement.step()) == Statement::Step::row) {
    if (keys.empty()) made_at = statement.integer(1);
    keys.push_back(ALJ_TRY(SigningKey::from_pem(statement.text(0))));
  }
  return keys;
}

Result<void> SigningKeys::add(Connection& connection) {
  const auto key = SigningKey::generate();
  const auto pem = key.pem();
  const auto now = file_.seconds();
  auto retiring = ALJ_TRY(connection.prepare("UPDATE signing_keys SET retired_at = ? WHERE retired_at IS NULL", doing));
  retiring.bind(1, now);
  ALJ_TRY(retiring.run());
  auto dropping = ALJ_TRY(connection.prepare("DELETE FROM signing_keys WHERE retired_at < ?", doing));
  dropping.bind(1, now - lives_.token.count());
  ALJ_TRY(dropping.run());
  auto statement = ALJ_TRY(connection.prepare("INSERT INTO signing_keys VALUES (?, ?, ?, NULL)", doing));
  statement.bind(1, std::string_view(key.kid()));
  statement.bind(2, std::string_view(pem));
  statement.bind(3, now);
  ALJ_TRY(statement.run());
  return AccountFile::revoke(connection);
}

Result<std::shared_ptr<const SigningKeys::Set>> SigningKeys::load() {
  std::int64_t made_at = 0;
  auto mark = file_.mark();
  auto keys = ALJ_TRY(file_.read([&](Connection& connection) { return read(connection, made_at); }));
  if (keys.empty() || made_at + lives_.key.count() <= file_.seconds()) {
    keys = ALJ_TRY(file_.change([&](Connection& connection) -> Result<std::vector<SigningKey>> {
      auto found = ALJ_TRY(read(connection, made_at));  // by another process in the meantime
      if (!found.empty() && made_at + lives_.key.count() > file_.seconds()) return found;
      ALJ_TRY(add(connection));
      return read(connection, made_at);
    }));
    mark = file_.mark();
  }
  std::vector<Key> publics;
  std::string jwks = R"({"keys":[)";
  for (const auto& key : keys) {
    jwks.append(publics.empty() ? "" : ",").append(key.public_jwk());
    publics.push_back(key.public_key());
  }
  auto set = std::make_shared<const Set>(keys.front(), made_at, mark, KeySet(std::move(publics)), jwks + "]}");
  const std::scoped_lock lock(mutex_);
  present_ = set;
  return set;
}

std::shared_ptr<const SigningKeys::Set> SigningKeys::present() const {
  const std::scoped_lock lock(mutex_);
  return present_;
}

bool SigningKeys::is_due() const {
  const auto set = present();
  return set == nullptr || set->mark != file_.mark() || set->made_at + lives_.key.count() <= file_.seconds();
}

Result<void> SigningKeys::rotate() {
  ALJ_TRY(file_.change([&](Connection& connection) { return add(connection); }));
  ALJ_TRY(load());
  return {};
}

}  // namespace aljibe::auth
