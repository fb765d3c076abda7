#include "auth/firebase_registrar.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "auth/email.h"
#include "auth/firebase.h"
#include "base/percent.h"
#include "format/json_out.h"
#include "io/http_client.h"

namespace aljibe::auth {
namespace {

constexpr auto words = std::to_array<std::pair<std::string_view, Code>>({
    {"INVALID_LOGIN_CREDENTIALS", Code::credentials_wrong},
    {"EMAIL_NOT_FOUND", Code::credentials_wrong},
    {"INVALID_PASSWORD", Code::credentials_wrong},
    {"USER_DISABLED", Code::account_disabled},
    {"EMAIL_EXISTS", Code::account_exists},
    {"WEAK_PASSWORD", Code::password_unfit},
    {"PASSWORD_DOES_NOT_MEET_REQUIREMENTS", Code::password_unfit},
    {"MISSING_PASSWORD", Code::password_unfit},
    {"INVALID_EMAIL", Code::email_invalid},
    {"MISSING_EMAIL", Code::email_invalid},
    {"TOO_MANY_ATTEMPTS_TRY_LATER", Code::rate_limited},
    {"RESET_PASSWORD_EXCEED_LIMIT", Code::rate_limited},
    {"QUOTA_EXCEEDED", Code::rate_limited},
    {"ADMIN_ONLY_OPERATION", Code::sign_up_closed},
    {"OPERATION_NOT_ALLOWED", Code::auth_misconfigured},
    {"PASSWORD_LOGIN_DISABLED", Code::auth_misconfigured},
    {"PROJECT_DISABLED", Code::auth_misconfigured},
    {"CONFIGURATION_NOT_FOUND", Code::auth_misconfigured},
    {"TOKEN_EXPIRED", Code::token_expired},
    {"INVALID_REFRESH_TOKEN", Code::refresh_refused},
    {"MISSING_REFRESH_TOKEN", Code::refresh_refused},
    {"INVALID_GRANT_TYPE", Code::refresh_refused},
    {"USER_NOT_FOUND", Code::token_invalid},
    {"INVALID_ID_TOKEN", Code::token_invalid},
    {"MISSING_ID_TOKEN", Code::token_invalid},
    {"CREDENTIAL_TOO_OLD_LOGIN_AGAIN", Code::sign_in_too_old},
    {"EXPIRED_OOB_CODE", Code::one_time_code_wrong},
    {"INVALID_OOB_CODE", Code::one_time_code_wrong},
    {"MISSING_OOB_CODE", Code::one_time_code_wrong},
});

std::string text_of(const Json& json, std::string_view name) { return std::string(json.text_of(name).value_or("")); }

std::int64_t number_of(const Json& json, std::string_view name) {
  const auto text = json.text_of(name).value_or("");
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Error error_of(const io::HttpReply& reply, std::size_t bytes_max) {
  const auto json = Json::parse_object(reply.body, bytes_max);
  const auto* const error = json ? json->find("error") : nullptr;
  const bool is_denied = reply.status == 401 || reply.status == 403;
  if (is_denied) return Error(Code::auth_misconfigured);
  return error == nullptr ? Error(Code::auth_unavailable) : firebase_error(error->text_of("message").value_or(""));
}

Account account_in(const Json& user) {
  const auto* const verified = user.find("emailVerified");
  const auto* const disabled = user.find("disabled");
  return {.id = text_of(user, "localId"), .email = text_of(user, "email"), .is_verified = verified != nullptr && verified->is_true(),
          .display_name = text_of(user, "displayName"), .photo_url = text_of(user, "photoUrl"), .is_disabled = disabled != nullptr && disabled->is_true(),
          .created_at = number_of(user, "createdAt"), .password_at = number_of(user, "createdAt"), .signed_in_at = number_of(user, "lastLoginAt")};
}

}  // namespace

Error firebase_error(std::string_view message) {
  if (message.starts_with("API key not valid") || message.contains("missing a valid API key")) return Error(Code::auth_misconfigured);
  const auto word = message.substr(0, message.find(" : "));
  const auto found = std::ranges::find(words, word, &std::pair<std::string_view, Code>::first);
  if (found == words.end()) return Error(Code::auth_unavailable);
  Error error(found->second);
  if (found->second == Code::rate_limited) error.set_retry_after(std::chrono::seconds(60));
  return error;
}

/// On a pool thread.
Result<Json> FirebaseRegistrar::call(Service service, const std::string& deed, const Members& members) {
  constexpr std::size_t reply_bytes_max = 64 * 1024;
  io::HttpCall call{.method = io::HttpCall::Method::post, .timeout = settings_.timeout, .body_bytes_max = reply_bytes_max};
  const auto* const name_of_service = service == Service::tokens ? "securetoken" : "identitytoolkit";
  call.url = firebase_base(name_of_service, settings_.emulator) + "/v1/" + deed + "?key=" + percent_encode(settings_.api_key);
  call.content_type = "application/json";
  for (const auto& [name, value] : members) {
    format::append_json_text(call.body += call.body.empty() ? '{' : ',', name);
    if (name == "returnSecureToken") call.body += ":true";
    else format::append_json_text(call.body += ':', value);
  }
  call.body += '}';
  const auto reply = io::http_call(call);
  if (!reply) return fail(Code::auth_unavailable);
  if (reply->status != 200) return std::unexpected(error_of(*reply, reply_bytes_max));
  auto json = Json::parse_object(reply->body, reply_bytes_max);
  if (!json) return fail(Code::auth_unavailable);
  return std::move(*json);
}

io::Task<Result<Json>> FirebaseRegistrar::ask(Service service, std::string deed, Members members) {
  auto job = [&] { return call(service, deed, members); };
  auto json = co_await pool_.run(job);
  if (!json && json.error().code() == Code::auth_misconfigured) {
    emit_({.what = telemetry::Event::What::incident, .detail = "Firebase refuses auth.firebase.api_key, or the project takes no passwords"});
  }
  co_return json;
}

Result<Session> FirebaseRegistrar::session_of(std::string_view id_token, std::string_view refresh_token, std::string_view expires_in, Account account) const {
  // An account with a second factor has no token yet; that is a matter between its client and Firebase.
  if (id_token.empty() || refresh_token.empty()) return fail(Code::auth_misconfigured, "The account wants a second factor, for which there is no way here");
  std::int64_t life = 0;
  std::from_chars(expires_in.data(), expires_in.data() + expires_in.size(), life);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
  auto role = role_of(account);
  return Session{.account = std::move(account), .role = std::move(role), .access_token = std::string(id_token), .refresh_token = std::string(refresh_token),
                 .life = std::chrono::seconds(life), .expires_at = now + life};
}

io::Task<Result<Session>> FirebaseRegistrar::with_password(std::string deed, Sender sender, Credentials credentials) {
  const auto kind = deed == "accounts:signUp" ? std::string_view("sign_up") : "sign_in";
  Members members{{"email", credentials.email}, {"password", std::move(credentials.password)}, {"returnSecureToken", "true"}};
  const auto json = co_await ask(Service::accounts, std::move(deed), std::move(members));
  audit_(kind, json ? "done" : name(json.error().code()), sender, json ? json->text_of("localId").value_or("") : "", json ? 0 : http_status(json.error().code()));
  if (!json) co_return std::unexpected(json.error());
  co_return session_of(json->text_of("idToken").value_or(""), json->text_of("refreshToken").value_or(""), json->text_of("expiresIn").value_or(""), account_in(*json));
}

io::Task<Result<Session>> FirebaseRegistrar::sign_up(Sender sender, Credentials credentials) {
  ALJ_CO_TRY(email_key(credentials.email));
  ALJ_CO_TRY(turnstile_.enter(Attempt::sign_up, {}, sender.address));
  co_return co_await with_password("accounts:signUp", std::move(sender), std::move(credentials));
}

io::Task<Result<Session>> FirebaseRegistrar::sign_in(Sender sender, Credentials credentials) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::sign_in, credentials.email, sender.address));
  const auto email = credentials.email;
  auto session = co_await with_password("accounts:signInWithPassword", sender, std::move(credentials));
  if (session) turnstile_.forgive(Attempt::sign_in, email, sender.address);
  // What Firebase finds wrong with an address or a password of a sign-in is no news to the sender.
  else if (http_status(session.error().code()) == 422) co_return fail(Code::credentials_wrong);
  co_return session;
}

io::Task<Result<Session>> FirebaseRegistrar::refresh(Sender sender, std::string refresh_token) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::refresh, {}, sender.address));
  const auto json = co_await ask(Service::tokens, "token", {{"grant_type", "refresh_token"}, {"refresh_token", std::move(refresh_token)}});
  if (!json) {
    const auto code = json.error().code();
    co_return fail(http_status(code) == 401 ? Code::refresh_refused : code);
  }
  turnstile_.forgive(Attempt::refresh, {}, sender.address);
  auto account = ALJ_CO_TRY(co_await account_of(text_of(*json, "id_token")));
  co_return session_of(json->text_of("id_token").value_or(""), json->text_of("refresh_token").value_or(""), json->text_of("expires_in").value_or(""), std::move(account));
}

io::Task<Result<void>> FirebaseRegistrar::sign_out(Sender sender, std::string access_token, SignOut which) {
  static_cast<void>(which);
  const auto account = ALJ_CO_TRY(co_await account_of(std::move(access_token)));
  audit_("sign_out", "done", sender, account.id);
  co_return Result<void>();
}

io::Task<Result<Account>> FirebaseRegistrar::account_of(std::string access_token) {
  const auto json = ALJ_CO_TRY(co_await ask(Service::accounts, "accounts:lookup", {{"idToken", std::move(access_token)}}));
  const auto* const users = json.find("users");
  if (users == nullptr || users->items().size() != 1) co_return fail(Code::token_invalid);
  co_return account_in(users->items()[0]);
}

io::Task<Result<void>> FirebaseRegistrar::send_reset(Sender sender, std::string email) {
  ALJ_CO_TRY(email_key(email));
  ALJ_CO_TRY(turnstile_.enter(Attempt::message, email, sender.address));
  const auto json = co_await ask(Service::accounts, "accounts:sendOobCode", {{"requestType", "PASSWORD_RESET"}, {"email", std::move(email)}});
  audit_("reset_asked", json ? "sent" : name(json.error().code()), sender, {});
  if (!json && json.error().code() != Code::credentials_wrong) co_return std::unexpected(json.error());
  co_return Result<void>();
}

io::Task<Result<Account>> FirebaseRegistrar::reset(Sender sender, std::string code, std::string password) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::code, {}, sender.address));
  const auto json = ALJ_CO_TRY(co_await ask(Service::accounts, "accounts:resetPassword", {{"oobCode", std::move(code)}, {"newPassword", std::move(password)}}));
  audit_("password_changed", "by code", sender, {});
  co_return Account{.email = text_of(json, "email")};
}

io::Task<Result<void>> FirebaseRegistrar::send_verification(Sender sender, std::string access_token) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::message, {}, sender.address));
  ALJ_CO_TRY(co_await ask(Service::accounts, "accounts:sendOobCode", {{"requestType", "VERIFY_EMAIL"}, {"idToken", std::move(access_token)}}));
  co_return Result<void>();
}

io::Task<Result<Account>> FirebaseRegistrar::verify(Sender sender, std::string code) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::code, {}, sender.address));
  const auto json = ALJ_CO_TRY(co_await ask(Service::accounts, "accounts:update", {{"oobCode", std::move(code)}}));
  audit_("email_verified", "done", sender, json.text_of("localId").value_or(""));
  co_return account_in(json);
}

}  // namespace aljibe::auth
