#include "serve/detail/firebase_wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "serve/detail/json_text.h"

namespace aljibe::serve::detail {
namespace {

using auth::BuiltIn;

/// A wire word for a missing member: known to the SDK, and to no table of ours.
struct Refusal {
  std::string message;
  int status = 400;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

constexpr auto words = std::to_array<std::pair<Code, std::string_view>>({
    {Code::account_exists, "EMAIL_EXISTS"},
    {Code::email_invalid, "INVALID_EMAIL"},
    {Code::credentials_wrong, "INVALID_LOGIN_CREDENTIALS"},
    {Code::account_disabled, "USER_DISABLED"},
    {Code::account_unknown, "USER_NOT_FOUND"},
    {Code::email_unverified, "UNVERIFIED_EMAIL"},
    {Code::sign_up_closed, "ADMIN_ONLY_OPERATION"},
    {Code::rate_limited, "TOO_MANY_ATTEMPTS_TRY_LATER"},
    {Code::overloaded, "TOO_MANY_ATTEMPTS_TRY_LATER"},
    {Code::token_invalid, "INVALID_ID_TOKEN"},
    {Code::token_expired, "TOKEN_EXPIRED"},
    {Code::sign_in_too_old, "CREDENTIAL_TOO_OLD_LOGIN_AGAIN"},
    {Code::refresh_refused, "INVALID_REFRESH_TOKEN"},
    {Code::one_time_code_wrong, "INVALID_OOB_CODE"},
});

Refusal refusal_of(const Error& error) {
  if (error.code() == Code::password_unfit) return {.message = "WEAK_PASSWORD : " + std::string(error.message())};
  const auto found = std::ranges::find(words, error.code(), &std::pair<Code, std::string_view>::first);
  if (found == words.end()) return {.message = http_status(error.code()) < 500 ? std::string(error.message()) : "UNAVAILABLE", .status = http_status(error.code())};
  return {.message = std::string(found->second), .retry_after = is_retryable(error.code()) ? std::optional(error.retry_after()) : std::nullopt};
}

http::Response respond(int status, std::string json, std::string more_fields = {}) {
  return {.prepared = http::prepare(status, "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-store\r\n" + std::move(more_fields), std::move(json))};
}

http::Response refuse(const Refusal& refusal) {
  JsonText json;
  json.open('{').key("error").open('{').key("code").number(refusal.status).member("message", refusal.message);
  json.key("errors").open('[').open('{').member("message", refusal.message).member("reason", "invalid").member("domain", "global").close('}').close(']').close('}').close('}');
  return respond(refusal.status, json.take(), refusal.retry_after ? "Retry-After: " + std::to_string(refusal.retry_after->count()) + "\r\n" : "");
}

http::Response refuse(std::string_view word) { return refuse(Refusal{.message = std::string(word)}); }
http::Response refuse(const Error& error) { return refuse(refusal_of(error)); }

void write_tokens(JsonText& json, const auth::Session& session) {
  if (session.access_token.empty()) return;
  json.member("idToken", session.access_token).member("refreshToken", session.refresh_token).member("expiresIn", std::to_string(session.life.count()));
}

void write_profile(JsonText& json, const auth::Account& account) {
  json.member("localId", account.id).member("email", account.email).key("emailVerified").truth(account.is_verified);
  if (!account.display_name.empty()) json.member("displayName", account.display_name);
  if (!account.photo_url.empty()) json.member("photoUrl", account.photo_url);
}

void write_providers(JsonText& json, const auth::Account& account) {
  json.key("providerUserInfo").open('[').open('{').member("providerId", "password").member("email", account.email).member("federatedId", account.email).member("rawId", account.email);
  if (!account.display_name.empty()) json.member("displayName", account.display_name);
  if (!account.photo_url.empty()) json.member("photoUrl", account.photo_url);
  json.close('}').close(']');
}

http::Response signed_in(std::string_view kind, const auth::Session& session) {
  if (session.access_token.empty()) return refuse("UNVERIFIED_EMAIL");
  JsonText json;
  json.open('{').member("kind", kind).member("localId", session.account.id).member("email", session.account.email);
  if (!session.account.display_name.empty()) json.member("displayName", session.account.display_name);
  json.key("registered").truth(true);
  write_tokens(json, session);
  json.close('}');
  return respond(200, json.take());
}

/// Who asks, what for, and with what.
struct Asking {
  BuiltIn& built_in;
  auth::Sender sender;
  Members members;
};

std::string_view missing(const Members& members) {
  if (!members.has("email")) return "MISSING_EMAIL";
  return members.has("password") ? "" : "MISSING_PASSWORD";
}

io::Task<http::Response> sign_up(Asking asking) {
  // An anonymous account is nobody's that aljibe knows.
  if (!asking.members.has("email") && !asking.members.has("password")) co_return refuse("ADMIN_ONLY_OPERATION");
  if (const auto word = missing(asking.members); !word.empty()) co_return refuse(word);
  const auto session = co_await asking.built_in.sign_up(asking.sender, {asking.members.text("email"), asking.members.text("password")});
  co_return session ? signed_in("identitytoolkit#SignupNewUserResponse", *session) : refuse(session.error());
}

io::Task<http::Response> sign_in(Asking asking) {
  if (const auto word = missing(asking.members); !word.empty()) co_return refuse(word);
  const auto session = co_await asking.built_in.sign_in(asking.sender, {asking.members.text("email"), asking.members.text("password")});
  co_return session ? signed_in("identitytoolkit#VerifyPasswordResponse", *session) : refuse(session.error());
}

io::Task<http::Response> refresh(Asking asking) {
  const auto grant = asking.members.text("grant_type");
  if (grant != "refresh_token") co_return refuse(grant.empty() ? "MISSING_GRANT_TYPE" : "INVALID_GRANT_TYPE");
  if (!asking.members.has("refresh_token")) co_return refuse("MISSING_REFRESH_TOKEN");
  const auto session = co_await asking.built_in.refresh(asking.sender, asking.members.text("refresh_token"));
  if (!session) co_return refuse(session.error());
  JsonText json;
  json.open('{').member("access_token", session->access_token).member("expires_in", std::to_string(session->life.count())).member("token_type", "Bearer");
  json.member("refresh_token", session->refresh_token).member("id_token", session->access_token).member("user_id", session->account.id);
  json.member("project_id", asking.built_in.audience()).close('}');
  co_return respond(200, json.take());
}

io::Task<http::Response> look_up(Asking asking) {
  if (!asking.members.has("idToken")) co_return refuse("MISSING_ID_TOKEN");
  const auto account = co_await asking.built_in.account_of(asking.members.text("idToken"));
  if (!account) co_return refuse(account.error());
  JsonText json;
  json.open('{').member("kind", "identitytoolkit#GetAccountInfoResponse").key("users").open('[').open('{');
  write_profile(json, *account);
  json.key("passwordUpdatedAt").number(account->password_at).member("validSince", std::to_string(account->valid_since)).key("disabled").truth(account->is_disabled);
  json.member("createdAt", std::to_string(account->created_at)).member("lastLoginAt", std::to_string(account->signed_in_at));
  if (!account->claims.empty()) json.member("customAttributes", account->claims);
  write_providers(json, *account);
  json.close('}').close(']').close('}');
  co_return respond(200, json.take());
}

http::Response changed(const auth::Session& session) {
  JsonText json;
  json.open('{').member("kind", "identitytoolkit#SetAccountInfoResponse");
  write_profile(json, session.account);
  write_providers(json, session.account);
  write_tokens(json, session);
  json.close('}');
  return respond(200, json.take());
}

std::optional<std::string> member(const Members& members, std::string_view name) {
  return members.has(name) ? std::optional(members.text(name)) : std::nullopt;
}

io::Task<http::Response> update(Asking asking) {
  const auto& members = asking.members;
  if (members.has("oobCode")) {
    auto account = co_await asking.built_in.verify(asking.sender, members.text("oobCode"));
    co_return account ? changed({.account = std::move(*account), .role = {}, .access_token = {}, .refresh_token = {}}) : refuse(account.error());
  }
  if (!members.has("idToken")) co_return refuse("MISSING_ID_TOKEN");
  BuiltIn::Change change{.email = member(members, "email"), .password = member(members, "password"),
                         .profile = {.display_name = member(members, "displayName"), .photo_url = member(members, "photoUrl")}};
  const auto session = co_await asking.built_in.change(asking.sender, members.text("idToken"), std::move(change));
  co_return session ? changed(*session) : refuse(session.error());
}

http::Response sent(std::string_view email) {
  JsonText json;
  json.open('{').member("kind", "identitytoolkit#GetOobConfirmationCodeResponse").member("email", email).close('}');
  return respond(200, json.take());
}

io::Task<http::Response> send_code(Asking asking) {
  const auto& members = asking.members;
  const auto type = members.text("requestType");
  if (type == "PASSWORD_RESET") {
    if (!members.has("email")) co_return refuse("MISSING_EMAIL");
    const auto done = co_await asking.built_in.send_reset(asking.sender, members.text("email"));
    co_return done ? sent(members.text("email")) : refuse(done.error());
  }
  if (type != "VERIFY_EMAIL") co_return refuse(type.empty() ? "MISSING_REQ_TYPE" : "OPERATION_NOT_ALLOWED");
  if (!members.has("idToken")) co_return refuse("MISSING_ID_TOKEN");
  const auto account = co_await asking.built_in.account_of(members.text("idToken"));
  if (!account) co_return refuse(account.error());
  const auto done = co_await asking.built_in.send_verification(asking.sender, members.text("idToken"));
  co_return done ? sent(account->email) : refuse(done.error());
}

io::Task<http::Response> reset(Asking asking) {
  const auto& members = asking.members;
  if (!members.has("oobCode")) co_return refuse("MISSING_OOB_CODE");
  const auto account = members.has("newPassword") ? co_await asking.built_in.reset(asking.sender, members.text("oobCode"), members.text("newPassword"))
                                                  : co_await asking.built_in.look_at_reset(asking.sender, members.text("oobCode"));
  if (!account) co_return refuse(account.error());
  JsonText json;
  json.open('{').member("kind", "identitytoolkit#ResetPasswordResponse").member("email", account->email).member("requestType", "PASSWORD_RESET").close('}');
  co_return respond(200, json.take());
}

io::Task<http::Response> remove(Asking asking) {
  if (!asking.members.has("idToken")) co_return refuse("MISSING_ID_TOKEN");
  const auto done = co_await asking.built_in.remove(asking.sender, asking.members.text("idToken"));
  co_return done ? respond(200, R"({"kind":"identitytoolkit#DeleteAccountResponse"})") : refuse(done.error());
}

using Answer = io::Task<http::Response> (*)(Asking);
constexpr auto deeds = std::to_array<std::pair<std::string_view, Answer>>({{"signUp", sign_up}, {"signInWithPassword", sign_in}, {"token", refresh}, {"lookup", look_up},
                                                                            {"update", update}, {"sendOobCode", send_code}, {"resetPassword", reset}, {"delete", remove}});

}  // namespace

std::string_view firebase_deed(std::string_view path) {
  constexpr std::string_view toolkit = "/identitytoolkit.googleapis.com";
  constexpr std::string_view tokens = "/securetoken.googleapis.com";
  constexpr std::string_view accounts = "/v1/accounts:";
  const bool is_token = path == "/v1/token" || (path.starts_with(tokens) && path.substr(tokens.size()) == "/v1/token");
  if (is_token) return "token";
  if (path.starts_with(toolkit)) path.remove_prefix(toolkit.size());
  if (!path.starts_with(accounts)) return {};
  const auto found = std::ranges::find(deeds, path.substr(accounts.size()), &std::pair<std::string_view, Answer>::first);
  return found == deeds.end() || found->first == "token" ? std::string_view() : found->first;
}

io::Task<http::Response> answer_firebase(BuiltIn& built_in, const http::Request& request, auth::Sender sender) {
  auto members = Members::read(request);
  if (!members) co_return refuse(members.error());
  const auto deed = std::ranges::find(deeds, firebase_deed(request.path), &std::pair<std::string_view, Answer>::first);
  co_return co_await deed->second({.built_in = built_in, .sender = std::move(sender), .members = std::move(*members)});
}

}  // namespace aljibe::serve::detail
