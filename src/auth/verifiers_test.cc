#include "auth/verifiers.h"

#include <gtest/gtest.h>

#include "auth/firebase.h"
#include "auth/issuer_provider.h"
#include "auth/refusal.h"
#include "auth/signing_key.h"
#include "auth/testing/forge.h"
#include "auth/testing/manual_clock.h"
#include "io/testing/http_stub.h"
#include "io/testing/run.h"

namespace aljibe::auth {
namespace {

using io::testing::run;
using io::testing::HttpStub;
using std::chrono::seconds;
using testing::ManualClock;

const std::string secret(32, 's');

/// A provider of opaque tokens, which counts how often it is asked.
class Keys final : public Provider {
 public:
  explicit Keys(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] std::string_view name() const override { return "key"; }
  [[nodiscard]] bool speaks_for(const ParsedToken& token) const override { return token.is_opaque(); }
  io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken token) override {
    ++asked;
    if (token.text != "alj_good") co_return refuse("key_unknown", "There is no such key.");
    co_return std::make_shared<const Identity>(Identity{.role = "service", .issuer = "key", .subject = "1", .claims = {}, .expires = clock_.wall() + seconds(60)});
  }
  [[nodiscard]] std::uint64_t epoch() const override { return epoch_now; }

  int asked = 0;
  std::uint64_t epoch_now = 0;

 private:
  const Clock& clock_;
};

class VerifiersOfAll : public ::testing::Test {
 protected:
  VerifiersOfAll() {
    std::vector<std::unique_ptr<Provider>> providers;
    providers.push_back(std::make_unique<Keys>(clock));
    opaque = static_cast<Keys*>(providers.back().get());
    Issuer ours{.name = "ours", .issuer = "https://ours.example", .audiences = {"api"}, .algorithms = {Algorithm::eddsa}};
    providers.push_back(std::make_unique<IssuerProvider>(ours, std::make_unique<FixedKeys>(KeySet({key.public_key()})), clock));
    Issuer shared{.name = "secret", .issuer = std::nullopt, .audiences = {}, .algorithms = {Algorithm::hs256}, .default_role = "guest"};
    providers.push_back(std::make_unique<IssuerProvider>(shared, std::make_unique<FixedKeys>(KeySet({*Key::secret(secret)})), clock));
    verifiers = std::make_unique<Verifiers>(std::move(providers), clock, [this](const telemetry::Event& event) {
      EXPECT_EQ(event.what, telemetry::Event::What::token_refused);
      told.emplace_back(event.detail);
    });
  }

  /// The role, or the reason's word.
  std::string outcome(const std::string& token) {
    const auto identity = run(verifiers->identify(token));
    if (identity) return (*identity)->role;
    return std::string(identity.error().details().empty() ? name(identity.error().code()) : identity.error().details());
  }
  std::string payload(const std::string& issuer, std::int64_t lives = 60) {
    return "{" + (issuer.empty() ? "" : R"("iss":")" + issuer + "\",") + R"("aud":"api","sub":"u1","role":"editor","exp":)" + ManualClock::seconds(lives) + "}";
  }
  std::string ours(std::int64_t lives = 60) { return key.sign(payload("https://ours.example", lives)); }

  ManualClock clock;
  SigningKey key = SigningKey::generate(Algorithm::eddsa);
  Keys* opaque = nullptr;
  std::vector<std::string> told;
  std::unique_ptr<Verifiers> verifiers;
};

TEST_F(VerifiersOfAll, ChooseByFormAndIssuer) {
  EXPECT_EQ(outcome(ours()), "editor");
  EXPECT_EQ(outcome("alj_good"), "service");
  EXPECT_EQ(outcome(testing::token(R"({"alg":"HS256"})", payload(""), testing::hmac(secret))), "editor");
  EXPECT_EQ(outcome(testing::token(R"({"alg":"HS256"})", R"({"exp":)" + ManualClock::seconds(60) + "}", testing::hmac(secret))), "guest");
  EXPECT_TRUE(told.empty());
}

TEST_F(VerifiersOfAll, LetNobodySpeakForAnother) {
  const auto by_secret = [&](const std::string& issuer) { return testing::token(R"({"alg":"HS256"})", payload(issuer), testing::hmac(secret)); };
  EXPECT_EQ(outcome(by_secret("https://ours.example")), "algorithm") << "another verifier's token, signed with our secret";
  EXPECT_EQ(outcome(key.sign(payload(""))), "algorithm");
  EXPECT_EQ(outcome(by_secret("https://theirs.example")), "issuer");
  EXPECT_EQ(outcome(key.sign(payload("https://ours.example/"))), "issuer");
  EXPECT_EQ(told, (std::vector<std::string>{"algorithm", "algorithm", "issuer", "issuer"}));
}

TEST_F(VerifiersOfAll, TellOfEachRefusalOnce) {
  EXPECT_EQ(outcome(""), "malformed");
  EXPECT_EQ(outcome("alj_bad"), "key_unknown");
  EXPECT_EQ(outcome("a.b.c"), "header");
  EXPECT_EQ(outcome(ours(-60)), "expired");
  EXPECT_EQ(told, (std::vector<std::string>{"malformed", "key_unknown", "header", "expired"}));
  EXPECT_EQ(verifiers->figures().entries, 0U) << "what is refused is not remembered";
}

TEST_F(VerifiersOfAll, RememberUntilTheEnd) {
  const auto token = ours(60);
  EXPECT_EQ(verifiers->known(token), nullptr);
  EXPECT_EQ(outcome(token), "editor");
  ASSERT_NE(verifiers->known(token), nullptr);
  EXPECT_EQ(verifiers->known(token)->subject, "u1");
  EXPECT_EQ(verifiers->known(token + "x"), nullptr);
  clock.pass(seconds(59));
  EXPECT_NE(verifiers->known(token), nullptr);
  clock.pass(seconds(1));
  EXPECT_EQ(verifiers->known(token), nullptr) << "not past exp, whatever clocks may differ by";
  EXPECT_EQ(outcome(token), "editor") << "which is looked at each time then";
  EXPECT_EQ(verifiers->known(token), nullptr);
}

TEST_F(VerifiersOfAll, ForgetWhatWasRevoked) {
  EXPECT_EQ(outcome("alj_good"), "service");
  EXPECT_NE(verifiers->known("alj_good"), nullptr);
  EXPECT_EQ(outcome(ours()), "editor");
  opaque->epoch_now = 1;
  EXPECT_EQ(verifiers->known("alj_good"), nullptr);
  EXPECT_NE(verifiers->known(ours()), nullptr) << "of another provider";
  EXPECT_EQ(outcome("alj_good"), "service");
  EXPECT_EQ(opaque->asked, 2);
}

TEST_F(VerifiersOfAll, CountByReason) {
  EXPECT_EQ(outcome(ours()), "editor");
  EXPECT_NE(verifiers->known(ours()), nullptr);
  EXPECT_EQ(outcome(ours(-60)), "expired");
  EXPECT_EQ(outcome(""), "malformed");
  EXPECT_EQ(outcome(""), "malformed");
  std::vector<telemetry::Sample> samples;
  verifiers->add_samples(samples);
  const auto value = [&](std::string_view name, std::string_view labels) {
    double sum = 0;
    for (const auto& sample : samples) sum += sample.name == name && sample.labels == labels ? sample.value : 0;
    return sum;
  };
  EXPECT_EQ(value("aljibe_tokens_known_total", ""), 1);
  EXPECT_EQ(value("aljibe_tokens_verified_total", ""), 1);
  EXPECT_EQ(value("aljibe_tokens_refused_total", "reason=\"malformed\""), 2);
  EXPECT_EQ(value("aljibe_tokens_refused_total", "reason=\"expired\""), 1);
  EXPECT_EQ(value("aljibe_tokens_refused_total", "reason=\"other\""), 0);
}

std::string id_token(std::int64_t authenticated) {
  return testing::token(R"({"alg":"none"})", R"({"iss":"https://securetoken.google.com/shop-1","aud":"shop-1","sub":"u1","auth_time":)" + ManualClock::seconds(authenticated) + R"(,"iat":)" + ManualClock::seconds(authenticated) + R"(,"exp":)" + ManualClock::seconds(3'000) + "}", testing::nobody);
}

TEST(Revocation, IsReadFromTheAnswer) {
  const auto token = *parse_token(id_token(-100));
  const auto judged = [&](int status, const std::string& body) -> std::string {
    const auto holds = judge_lookup(status, body, token);
    if (holds) return "holds";
    return std::string(holds.error().details().empty() ? name(holds.error().code()) : holds.error().details());
  };
  const auto user = [](const std::string& more) { return R"({"kind":"identitytoolkit#GetAccountInfoResponse","users":[{"localId":"u1","email":"a@b.c")" + more + "}]}"; };
  EXPECT_EQ(judged(200, user("")), "holds");
  EXPECT_EQ(judged(200, user(R"(,"validSince":")" + ManualClock::seconds(-100) + R"(","disabled":false)")), "holds");
  EXPECT_EQ(judged(200, user(R"(,"validSince":")" + ManualClock::seconds(-99) + "\"")), "revoked");
  EXPECT_EQ(judged(200, user(R"(,"disabled":true)")), "disabled");
  EXPECT_EQ(judged(400, R"({"error":{"code":400,"message":"USER_NOT_FOUND"}})"), "revoked");
  EXPECT_EQ(judged(400, R"({"error":{"code":400,"message":"TOKEN_EXPIRED : long ago"}})"), "revoked");
  EXPECT_EQ(judged(400, R"({"error":{"code":400,"message":"USER_DISABLED"}})"), "disabled");
  for (const auto& [status, body] : std::vector<std::pair<int, std::string>>{{400, R"({"error":{"message":"API key not valid. Please pass a valid API key."}})"}, {500, user("")}, {403, "{}"}, {200, "{}"}, {200, R"({"users":[]})"}, {200, ""}, {200, "<html>"}, {302, ""}, {200, user(R"(,"validSince":"soon")")}}) {
    EXPECT_EQ(judged(status, body), "auth_unavailable") << status << body;
  }
  EXPECT_EQ(judged(200, R"({"users":[{"localId":"u2"}]})"), "auth_unavailable") << "of another user";
}

TEST(Revocation, IsAskedForAgainWhenTheAnswerIsOld) {
  ManualClock clock;
  std::string answer = R"({"users":[{"localId":"u1"}]})";
  std::string request;
  const HttpStub firebase([&](const std::string& came) {
    request = came;
    return HttpStub::ok(answer);
  });
  std::vector<std::unique_ptr<Provider>> providers;
  auto provider = std::make_unique<IssuerProvider>(Issuer::firebase_emulator("shop-1"), std::make_unique<FixedKeys>(KeySet()), clock);
  provider->ask_again(firebase_lookup("k&y", "127.0.0.1:" + std::to_string(firebase.port())), std::chrono::minutes(1));
  providers.push_back(std::move(provider));
  Verifiers verifiers(std::move(providers), clock, nullptr);
  const auto token = id_token(-100);
  ASSERT_TRUE(run(verifiers.identify(token)));
  EXPECT_TRUE(request.starts_with("POST /identitytoolkit.googleapis.com/v1/accounts:lookup?key=k%26y HTTP/1.1\r\n")) << request;
  EXPECT_TRUE(request.ends_with(R"({"idToken":")" + token + "\"}"));
  clock.pass(seconds(59));
  EXPECT_NE(verifiers.known(token), nullptr);
  clock.pass(seconds(1));
  EXPECT_EQ(verifiers.known(token), nullptr);
  answer = R"({"users":[{"localId":"u1","disabled":true}]})";
  EXPECT_EQ(run(verifiers.identify(token)).error().details(), "disabled");
  answer = "";
  EXPECT_EQ(run(verifiers.identify(token)).error().code(), Code::auth_unavailable) << "no answer lets nobody in";
  EXPECT_EQ(firebase.requests(), 3U);
}

}  // namespace
}  // namespace aljibe::auth
