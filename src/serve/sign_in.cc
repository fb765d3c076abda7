#include "serve/sign_in.h"

#include <algorithm>
#include <array>
#include <utility>

#include "serve/credentials.h"
#include "serve/detail/account_json.h"
#include "serve/detail/firebase_wire.h"
#include "serve/detail/json_text.h"
#include "serve/detail/members.h"
#include "serve/problem.h"

namespace aljibe::serve {
namespace {

using auth::Purpose;
using detail::Members;

/// supabase-js reads `error_code`; the words are those of the server that it was made for.
constexpr auto words = std::to_array<std::pair<Code, std::string_view>>({
    {Code::credentials_wrong, "invalid_credentials"}, {Code::account_exists, "user_already_exists"}, {Code::password_unfit, "weak_password"},
    {Code::email_invalid, "email_address_invalid"},   {Code::account_disabled, "user_banned"},       {Code::email_unverified, "email_not_confirmed"},
    {Code::refresh_refused, "refresh_token_not_found"}, {Code::one_time_code_wrong, "otp_expired"},  {Code::sign_up_closed, "signup_disabled"},
    {Code::sign_in_too_old, "reauthentication_needed"}, {Code::rate_limited, "over_request_rate_limit"}, {Code::token_invalid, "bad_jwt"},
    {Code::token_expired, "bad_jwt"},                 {Code::body_invalid, "bad_json"},
});

constexpr std::string_view json_fields = "Content-Type: application/json; charset=utf-8\r\nCache-Control: no-store\r\n";

http::Response respond(int status, std::string json) { return {.prepared = http::prepare(status, std::string(json_fields), std::move(json))}; }
http::Response done() { return respond(200, "{}"); }

/// With the members of supabase-js beside those of every problem. 503 of a queue that is full is 429 here: whoever comes later is let in.
http::Response refuse_sign_in(const Error& error) {
  if (error.code() == Code::overloaded) return refuse_sign_in(Error(Code::rate_limited, std::string(error.message())));
  const auto word = std::ranges::find(words, error.code(), &std::pair<Code, std::string_view>::first);
  return problem(error, {{"error_code", word == words.end() ? name(error.code()) : word->second}, {"msg", error.message()}});
}

/// Empty when there is none.
std::string own_token(const http::Request& request) {
  const auto token = bearer_token(request.find("authorization").value_or(""));
  return token ? std::string(*token) : std::string();
}

/// Who asks, with what.
struct Asking {
  auth::Registrar& registrar;
  auth::BuiltIn* built_in;
  auth::Sender sender;
  const http::Request& request;
  Members members;
  Members query;

  [[nodiscard]] std::string code() const {
    for (const auto* const name : {"code", "token_hash", "token"}) {
      if (members.has(name)) return members.text(name);
    }
    return {};
  }
};

http::Response told(const Result<auth::Session>& session) { return session ? respond(200, detail::session_json(*session)) : refuse_sign_in(session.error()); }
http::Response told(const Result<void>& result) { return result ? done() : refuse_sign_in(result.error()); }

io::Task<http::Response> sign_up(Asking asking) {
  co_return told(co_await asking.registrar.sign_up(asking.sender, {asking.members.text("email"), asking.members.text("password")}));
}

io::Task<http::Response> sign_in(Asking asking) {
  co_return told(co_await asking.registrar.sign_in(asking.sender, {asking.members.text("email"), asking.members.text("password")}));
}

io::Task<http::Response> refresh(Asking asking) { co_return told(co_await asking.registrar.refresh(asking.sender, asking.members.text("refresh_token"))); }

io::Task<http::Response> token(Asking asking) {
  const auto grant = asking.query.text("grant_type");
  if (grant == "password") co_return co_await sign_in(std::move(asking));
  if (grant == "refresh_token") co_return co_await refresh(std::move(asking));
  co_return refuse_sign_in(Error(Code::body_invalid, "grant_type must be password or refresh_token"));
}

io::Task<http::Response> sign_out(Asking asking) {
  const auto scope = asking.query.has("scope") ? asking.query.text("scope") : asking.members.text("scope");
  const auto which = scope == "global" ? auth::SignOut::every_session : auth::SignOut::this_session;
  const auto result = co_await asking.registrar.sign_out(asking.sender, own_token(asking.request), which);
  co_return result ? http::Response{.prepared = http::prepare(204, "Cache-Control: no-store\r\n", {})} : refuse_sign_in(result.error());
}

io::Task<http::Response> me(Asking asking) {
  auto token = own_token(asking.request);
  if (token.empty()) co_return refuse_sign_in(Error(Code::token_invalid, "This needs a token"));
  const auto account = co_await asking.registrar.account_of(std::move(token));
  if (!account) co_return refuse_sign_in(account.error());
  co_return respond(200, detail::user_json(*account, asking.registrar.role_of(*account)));
}

io::Task<http::Response> send_reset(Asking asking) { co_return told(co_await asking.registrar.send_reset(asking.sender, asking.members.text("email"))); }

io::Task<http::Response> reset(Asking asking) {
  auto code = asking.code();
  if (code.empty()) co_return co_await send_reset(std::move(asking));
  const auto account = co_await asking.registrar.reset(asking.sender, std::move(code), asking.members.text("password"));
  co_return account ? done() : refuse_sign_in(account.error());
}

io::Task<http::Response> send_verification(Asking asking) {
  co_return told(co_await asking.registrar.send_verification(asking.sender, own_token(asking.request)));
}

io::Task<http::Response> verify_email(Asking asking) {
  auto code = asking.code();
  if (code.empty()) co_return co_await send_verification(std::move(asking));
  const auto account = co_await asking.registrar.verify(asking.sender, std::move(code));
  co_return account ? done() : refuse_sign_in(account.error());
}

/// verifyOtp() of supabase-js: the code of a message is as good as a password, once.
io::Task<http::Response> verify(Asking asking) {
  if (asking.built_in == nullptr) co_return refuse_sign_in(Error(Code::route_unknown));
  const auto purpose = asking.members.text("type") == "recovery" ? Purpose::reset : Purpose::verify;
  co_return told(co_await asking.built_in->sign_in_by_code(asking.sender, asking.code(), purpose));
}

/// updateUser() of supabase-js, which goes on with the session that it has.
io::Task<http::Response> change(Asking asking) {
  if (asking.built_in == nullptr) co_return refuse_sign_in(Error(Code::route_unknown));
  const auto& members = asking.members;
  const auto member = [&](std::string_view name) { return members.has(name) ? std::optional(members.text(name)) : std::nullopt; };
  auth::BuiltIn::Change wanted{.email = member("email"), .password = member("password"), .profile = {.display_name = member("display_name"), .photo_url = {}},
                                 .then = auth::BuiltIn::Change::Then::same_session};
  const auto session = co_await asking.built_in->change(asking.sender, own_token(asking.request), std::move(wanted));
  co_return session ? respond(200, detail::user_json(session->account, session->role)) : refuse_sign_in(session.error());
}

io::Task<http::Response> jwks(Asking asking) {
  auto keys = asking.registrar.jwks();
  if (keys.empty()) co_return refuse_sign_in(Error(Code::route_unknown, "The keys are the provider's"));
  co_return http::Response{.prepared = http::prepare(200, "Content-Type: application/jwk-set+json\r\nCache-Control: public, max-age=300\r\n", std::move(keys))};
}

struct Way {
  http::Method method;
  std::string_view path;
  io::Task<http::Response> (*answer)(Asking);
};
using enum http::Method;
constexpr auto ways = std::to_array<Way>({
    {post, "/auth/v1/sign-up", sign_up},       {post, "/auth/v1/signup", sign_up},    {post, "/auth/v1/sign-in", sign_in},
    {post, "/auth/v1/token", token},           {post, "/auth/v1/refresh", refresh},   {post, "/auth/v1/sign-out", sign_out},
    {post, "/auth/v1/logout", sign_out},       {get, "/auth/v1/me", me},              {get, "/auth/v1/user", me},
    {put, "/auth/v1/user", change},            {post, "/auth/v1/password-reset", reset}, {post, "/auth/v1/recover", send_reset},
    {post, "/auth/v1/verify-email", verify_email}, {post, "/auth/v1/verify", verify}, {post, "/auth/v1/resend", send_verification},
    {get, "/auth/v1/jwks", jwks},              {get, "/auth/v1/.well-known/jwks.json", jwks}, {get, "/.well-known/jwks.json", jwks},
});

}  // namespace

bool SignIn::owns(std::string_view path) const {
  return std::ranges::find(ways, path, &Way::path) != ways.end() || (built_in_ != nullptr && !detail::firebase_deed(path).empty());
}

io::Task<http::Response> SignIn::answer(const http::Request& request, std::string request_id) {
  auth::Sender sender{.address = request.address, .request_id = std::move(request_id)};
  if (built_in_ != nullptr && !detail::firebase_deed(request.path).empty()) {
    if (request.method != post) co_return refuse(Error(Code::method_unsupported), request.path);
    co_return co_await detail::answer_firebase(*built_in_, request, std::move(sender));
  }
  const auto way = std::ranges::find_if(ways, [&](const Way& one) { return one.path == request.path && one.method == request.method; });
  if (way == ways.end()) co_return refuse(Error(Code::method_unsupported), request.path);
  auto members = Members::read(request);
  if (!members) co_return refuse_sign_in(members.error());
  co_return co_await way->answer({.registrar = registrar_, .built_in = built_in_, .sender = std::move(sender), .request = request, .members = std::move(*members),
                                  .query = Members::of_form(request.query)});
}

}  // namespace aljibe::serve
