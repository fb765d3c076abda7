#include "serve/sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp

#include <filesystem>
#include <regex>

#include "io/clock.h"
#include "io/testing/run.h"
#include "serve/detail/account_json.h"

namespace aljibe::serve {
namespace {

using io::testing::run;
using ::testing::HasSubstr;
using ::testing::Not;

struct Told {
  int status;
  std::string fields;
  std::string body;

  [[nodiscard]] std::string text(const std::string& name) const {
    std::smatch found;
    return std::regex_search(body, found, std::regex('"' + name + "\":\"([^\"]*)\"")) ? found[1].str() : std::string();
  }
};

/// The endpoints over accounts of their own.
class Gatehouse : public ::testing::Test {
 protected:
  Gatehouse() { open({}); }
  ~Gatehouse() override { std::filesystem::remove_all(folder_); }

  void open(auth::BuiltIn::Settings settings) {
    settings.file = folder_ + "/auth.db";
    settings.mail.folder = folder_ + "/mail";
    if (settings.tries.tries == 5) settings.tries.tries = 100;
    built_in_ = *auth::BuiltIn::open(std::move(settings), clock_, [](const telemetry::Event&) {});
    sign_in_ = std::make_unique<SignIn>(*built_in_, built_in_.get());
  }

  Told ask(http::Method method, std::string_view target, std::string_view body, std::vector<http::Field> fields = {}) {
    if (!body.empty() && fields.empty()) fields.push_back({"Content-Type", "application/json"});
    const auto mark = std::min(target.find('?'), target.size());
    const http::Request request{.method = method, .method_text = "POST", .target = target, .path = target.substr(0, mark),
                                .query = target.substr(std::min(mark + 1, target.size())), .host = "localhost", .fields = std::move(fields), .body = body};
    EXPECT_TRUE(sign_in_->owns(request.path)) << target;
    const auto response = run(sign_in_->answer(request, "r1"));
    return {.status = response.prepared->status, .fields = response.prepared->fields + response.own_fields, .body = response.prepared->body};
  }
  Told post(std::string_view target, std::string_view body) { return ask(http::Method::post, target, body); }
  Told with(http::Method method, std::string_view target, const std::string& token, std::string_view body = {}) {
    const auto bearer = "Bearer " + token;
    return ask(method, target, body, {{"Content-Type", "application/json"}, {"Authorization", bearer}});
  }

  std::string folder_ = [] {
    std::string folder = (std::filesystem::temp_directory_path() / "aljibe-sign-in-XXXXXX").string();
    return std::string(mkdtemp(folder.data()));
  }();
  io::RealClock clock_;
  std::unique_ptr<auth::BuiltIn> built_in_;
  std::unique_ptr<SignIn> sign_in_;
};

constexpr std::string_view ann = R"({"email":"ann@example.org","password":"correct horse"})";

TEST_F(Gatehouse, gives_sessions_in_the_form_of_supabase) {
  const auto up = post("/auth/v1/sign-up", ann);
  ASSERT_EQ(up.status, 200) << up.body;
  EXPECT_THAT(up.fields, HasSubstr("Cache-Control: no-store"));
  EXPECT_EQ(up.text("token_type"), "bearer");
  EXPECT_THAT(up.body, HasSubstr(R"("expires_in":900,"expires_at":)"));
  EXPECT_THAT(up.body, HasSubstr(R"("role":"authenticated","email":"ann@example.org")"));
  EXPECT_THAT(up.body, Not(HasSubstr("argon2")));
  for (const auto* const path : {"/auth/v1/sign-in", "/auth/v1/token?grant_type=password"}) EXPECT_EQ(post(path, ann).status, 200) << path;
  const auto token = up.text("access_token");
  for (const auto* const path : {"/auth/v1/me", "/auth/v1/user"}) EXPECT_EQ(with(http::Method::get, path, token).text("email"), "ann@example.org") << path;
  const auto refreshed = post("/auth/v1/refresh", R"({"refresh_token":")" + up.text("refresh_token") + "\"}");
  EXPECT_EQ(refreshed.status, 200);
  EXPECT_EQ(with(http::Method::post, "/auth/v1/sign-out", refreshed.text("access_token")).status, 204);
  EXPECT_EQ(with(http::Method::get, "/auth/v1/me", refreshed.text("access_token")).status, 401);
}

TEST_F(Gatehouse, nobody_gives_himself_a_role) {
  const auto up = post("/auth/v1/signup", R"({"email":"ann@example.org","password":"correct horse","role":"admin","claims":{"tenant":"t1"},"is_verified":true,"data":{"role":"admin"}})");
  EXPECT_THAT(up.body, HasSubstr(R"("role":"authenticated")"));
  EXPECT_THAT(up.body, Not(HasSubstr("admin")));
  const auto changed = with(http::Method::put, "/auth/v1/user", up.text("access_token"), R"({"role":"admin","display_name":"Ann"})");
  EXPECT_THAT(changed.body, HasSubstr("Ann"));
  EXPECT_THAT(changed.body, Not(HasSubstr("admin")));
  const auto account = (*built_in_->accounts().find_by_email("ann@example.org"))->account;
  EXPECT_EQ(account.role + account.claims, "");
  EXPECT_FALSE(account.is_verified);
}

TEST_F(Gatehouse, refusals_are_problems_that_supabase_reads) {
  post("/auth/v1/sign-up", ann);
  const auto wrong = post("/auth/v1/sign-in", R"({"email":"ann@example.org","password":"wrong horse"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.fields, HasSubstr("Content-Type: application/problem+json"));
  EXPECT_THAT(wrong.fields, HasSubstr("WWW-Authenticate: Bearer"));
  EXPECT_EQ(wrong.text("code"), "ALJ140");
  EXPECT_EQ(wrong.text("error_code"), "invalid_credentials");
  EXPECT_EQ(wrong.body, post("/auth/v1/sign-in", R"({"email":"nobody@example.org","password":"wrong horse"})").body);
  EXPECT_EQ(post("/auth/v1/sign-up", ann).status, 409);
  EXPECT_EQ(post("/auth/v1/refresh", R"({"refresh_token":"x"})").status, 401);
  EXPECT_EQ(with(http::Method::get, "/auth/v1/me", "x.y.z").status, 401);
  EXPECT_EQ(ask(http::Method::get, "/auth/v1/me", {}).status, 401);
  EXPECT_EQ(ask(http::Method::get, "/auth/v1/sign-in", {}).status, 405);
  EXPECT_EQ(post("/auth/v1/token?grant_type=magic", ann).status, 400);
  EXPECT_EQ(post("/auth/v1/password-reset", R"({"code":"x","password":"battery staple"})").text("error_code"), "otp_expired");
  EXPECT_EQ(post("/auth/v1/password-reset", R"({"email":"nobody@example.org"})").status, 200);
}

TEST_F(Gatehouse, bodies_are_strict_and_small) {
  for (const std::string body : {"[]", "{", R"({"email":"a","email":"b"})", "\"x\"", R"({} {})"}) EXPECT_EQ(post("/auth/v1/sign-in", body).status, 400) << body;
  EXPECT_EQ(ask(http::Method::post, "/auth/v1/sign-in", ann, {{"Content-Type", "text/plain"}}).status, 415) << "another site's page can send this without asking";
  EXPECT_EQ(post("/auth/v1/sign-in", R"({"email":")" + std::string(16'384, 'x') + "\"}").status, 413);
  EXPECT_EQ(post("/auth/v1/sign-in", R"({"email":["ann@example.org"],"password":{"$ne":""}})").status, 401);
}

TEST_F(Gatehouse, who_guesses_is_told_how_long_to_wait) {
  open({.tries = {.tries = 2}});
  for (int i = 0; i < 2; ++i) post("/auth/v1/sign-in", R"({"email":"ann@example.org","password":"wrong horse"})");
  const auto slowed = post("/auth/v1/sign-in", ann);
  EXPECT_EQ(slowed.status, 429);
  EXPECT_THAT(slowed.fields, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_EQ(slowed.text("error_code"), "over_request_rate_limit");
}

TEST_F(Gatehouse, shows_its_public_keys_and_no_private_one) {
  for (const auto* const path : {"/auth/v1/jwks", "/auth/v1/.well-known/jwks.json", "/.well-known/jwks.json"}) {
    const auto keys = ask(http::Method::get, path, {});
    EXPECT_EQ(keys.text("crv"), "P-256") << path;
    EXPECT_THAT(keys.body, Not(HasSubstr("\"d\"")));
  }
}

TEST_F(Gatehouse, speaks_as_firebase_does) {
  const std::string toolkit = "/identitytoolkit.googleapis.com/v1/accounts:";
  const auto up = post(toolkit + "signUp?key=any", R"({"returnSecureToken":true,"email":"ann@example.org","password":"correct horse","clientType":"CLIENT_TYPE_WEB"})");
  ASSERT_EQ(up.status, 200) << up.body;
  EXPECT_EQ(up.text("kind"), "identitytoolkit#SignupNewUserResponse");
  EXPECT_EQ(up.text("expiresIn"), "900");
  const auto looked = post("/v1/accounts:lookup", R"({"idToken":")" + up.text("idToken") + "\"}");
  EXPECT_EQ(looked.text("localId"), up.text("localId"));
  EXPECT_THAT(looked.body, HasSubstr(R"("emailVerified":false)"));
  const auto refreshed = ask(http::Method::post, "/securetoken.googleapis.com/v1/token?key=any", "grant_type=refresh_token&refresh_token=" + up.text("refreshToken"),
                             {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(refreshed.text("user_id"), up.text("localId"));
  EXPECT_EQ(refreshed.text("expires_in"), "900");
  const auto word = [&](const std::string& deed, std::string_view body) {
    const auto answer = post(toolkit + deed, body);
    EXPECT_EQ(answer.status, 400);
    return answer.text("message");
  };
  EXPECT_EQ(word("signUp", ann), "EMAIL_EXISTS");
  EXPECT_EQ(word("signUp", R"({"email":"bob@example.org","password":"short"})"), "WEAK_PASSWORD : The password must have at least 8 characters");
  EXPECT_EQ(word("signUp", R"({"email":"bob","password":"correct horse"})"), "INVALID_EMAIL");
  EXPECT_EQ(word("signUp", R"({"email":"bob@example.org"})"), "MISSING_PASSWORD");
  EXPECT_EQ(word("signUp", R"({"returnSecureToken":true})"), "ADMIN_ONLY_OPERATION");
  EXPECT_EQ(word("signInWithPassword", R"({"email":"ann@example.org","password":"wrong"})"), "INVALID_LOGIN_CREDENTIALS");
  EXPECT_EQ(word("signInWithPassword", R"({"email":"nobody@example.org","password":"wrong"})"), "INVALID_LOGIN_CREDENTIALS");
  EXPECT_EQ(word("lookup", R"({"idToken":"x.y.z"})"), "INVALID_ID_TOKEN");
  EXPECT_EQ(word("lookup", "{}"), "MISSING_ID_TOKEN");
  EXPECT_EQ(word("resetPassword", R"({"oobCode":"x"})"), "INVALID_OOB_CODE");
  EXPECT_EQ(word("sendOobCode", R"({"requestType":"EMAIL_SIGNIN"})"), "OPERATION_NOT_ALLOWED");
  EXPECT_EQ(post("/v1/token", R"({"grant_type":"refresh_token","refresh_token":"x"})").text("message"), "INVALID_REFRESH_TOKEN");
}

TEST_F(Gatehouse, owns_no_other_path) {
  for (const auto* const path : {"/auth/v1", "/auth/v1/", "/auth/v1/admin", "/auth/v1/me/", "/auth/v1/me.css", "/v1/accounts:token", "/v1/accounts:signUp/", "/x/v1/token", "/rest/v1/token"}) {
    EXPECT_FALSE(sign_in_->owns(path)) << path;
  }
  const SignIn elsewhere(*built_in_);
  EXPECT_FALSE(elsewhere.owns("/v1/accounts:signUp"));
  EXPECT_TRUE(elsewhere.owns("/auth/v1/sign-up"));
}

TEST(AccountJson, tells_instants) { EXPECT_EQ(detail::instant_text(1'800'000'000'007), "2027-01-15T08:00:00.007Z"); }

}  // namespace
}  // namespace aljibe::serve
