#include "serve/detail/account_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

#include "serve/detail/json_text.h"

namespace aljibe::serve::detail {
namespace {

void write_user(JsonText& json, const auth::Account& account, std::string_view role) {
  json.open('{').member("id", account.id).member("aud", "authenticated").member("role", role).member("email", account.email);
  if (account.is_verified) json.member("email_confirmed_at", instant_text(account.password_at)).member("confirmed_at", instant_text(account.password_at));
  json.member("phone", "");
  if (account.signed_in_at > 0) json.member("last_sign_in_at", instant_text(account.signed_in_at));
  json.key("app_metadata").open('{').member("provider", "email").key("providers").open('[').text("email").close(']').close('}');
  json.key("user_metadata").open('{');
  if (!account.display_name.empty()) json.member("display_name", account.display_name);
  if (!account.photo_url.empty()) json.member("avatar_url", account.photo_url);
  json.close('}').key("identities").open('[').close(']');
  json.member("created_at", instant_text(account.created_at)).member("updated_at", instant_text(account.password_at));
  json.key("is_anonymous").truth(false).close('}');
}

}  // namespace

std::string instant_text(std::int64_t milliseconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(milliseconds)};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time)), milliseconds % 1'000);
}

std::string user_json(const auth::Account& account, std::string_view role) {
  JsonText json;
  write_user(json, account, role);
  return json.take();
}

std::string session_json(const auth::Session& session) {
  if (session.access_token.empty()) return user_json(session.account, session.role);
  JsonText json;
  json.open('{').member("access_token", session.access_token).member("token_type", "bearer").key("expires_in").number(session.life.count());
  json.key("expires_at").number(session.expires_at).member("refresh_token", session.refresh_token).key("user");
  write_user(json, session.account, session.role);
  json.close('}');
  return json.take();
}

}  // namespace aljibe::serve::detail
