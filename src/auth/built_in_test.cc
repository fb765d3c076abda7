#include "auth/built_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <regex>

#include "auth/access_token.h"
#include "auth/testing/book.h"
#include "io/testing/run.h"

namespace aljibe::auth {
namespace {

using io::testing::run;

namespace asio = boost::asio;
using ::testing::HasSubstr;
using ::testing::Not;

/// The built-in provider over a file and a mailbox of its own.
class Town : public ::testing::Test {
 protected:
  void open(BuiltIn::Settings settings = {}) {
    settings.file = book_.path();
    settings.mail.folder = book_.path() + "-mail";
    if (settings.tries.tries == 5) settings.tries.tries = 100;
    town_ = *BuiltIn::open(std::move(settings), book_.clock, [this](const telemetry::Event& event) {
      const std::scoped_lock lock(mutex_);
      heard_ += std::string(event.audit) + ':' + std::string(event.detail) + ':' + std::string(event.who) + '\n';
    });
    tokens_ = town_->token_provider();
    machines_ = town_->key_provider();
  }
  Result<Session> sign_up(std::string email, std::string password = "correct horse") { return run(town_->sign_up(sender_, {std::move(email), std::move(password)})); }
  Result<Session> sign_in(std::string email, std::string password = "correct horse") { return run(town_->sign_in(sender_, {std::move(email), std::move(password)})); }
  Result<std::shared_ptr<const Identity>> identify(const std::string& token) {
    auto parsed = parse_token(token);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    auto& provider = parsed->is_opaque() ? *machines_ : *tokens_;
    if (!provider.speaks_for(*parsed)) return fail(Code::token_invalid);
    return run(provider.identify(std::move(*parsed)));
  }
  Code refusal(const std::string& token) {
    auto identity = identify(token);
    return identity ? Code::internal : identity.error().code();
  }
  /// The code in the newest message to this address.
  std::string mailed(const std::string& email) {
    static_cast<void>(run(town_->look_at_reset({}, "no such code")));  // behind the jobs that nobody waits for
    town_->mailer().drain();
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(book_.path() + "-mail")) {
      std::ifstream file(entry.path());
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      if (text.contains("To: " + email + "\n") && entry.path().string() > newest_) newest = std::max(newest, entry.path().string());
    }
    if (newest.empty()) return {};
    newest_ = newest;
    std::ifstream file(newest);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    std::smatch found;
    return std::regex_search(text, found, std::regex("\n([A-Za-z0-9_-]{43})\n")) ? found[1].str() : std::string("no code");
  }
  std::string heard() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(heard_, {});
  }

  testing::Book book_;
  std::mutex mutex_;
  std::string heard_;
  std::string newest_;
  Sender sender_{.address = *Address::read("192.0.2.7"), .request_id = "r1"};
  std::unique_ptr<BuiltIn> town_;
  std::unique_ptr<Provider> tokens_, machines_;
};

TEST_F(Town, SignsUpAndInAndKnowsItsTokens) {
  open();
  const auto up = sign_up("Ann@example.org");
  ASSERT_TRUE(up) << up.error().message();
  const auto in = sign_in(" ann@EXAMPLE.org");
  ASSERT_TRUE(in);
  EXPECT_EQ(in->account.id, up->account.id);
  EXPECT_EQ(in->life.count(), 900);
  const auto identity = identify(in->access_token);
  ASSERT_TRUE(identity) << identity.error().message();
  EXPECT_EQ((*identity)->role, "authenticated");
  EXPECT_EQ((*identity)->subject, up->account.id);
  EXPECT_EQ((*identity)->claims.find("email"), "Ann@example.org");
  EXPECT_EQ((*identity)->claims.find("email_verified"), "false");
  EXPECT_EQ((*identity)->expires, std::chrono::system_clock::time_point(std::chrono::seconds(in->expires_at)));
  const auto told = heard();
  EXPECT_THAT(told, HasSubstr("sign_in:done:built-in " + up->account.id));
  EXPECT_THAT(told, Not(HasSubstr("example.org")));
}

TEST_F(Town, RefusesWhatItMust) {
  open();
  ASSERT_TRUE(sign_up("ann@example.org"));
  EXPECT_EQ(sign_up("ann@example.org").error().code(), Code::account_exists);
  EXPECT_EQ(sign_up("no address").error().code(), Code::email_invalid);
  EXPECT_EQ(sign_up("bob@example.org", "1234567").error().code(), Code::password_unfit);
  EXPECT_EQ(sign_up("bob@example.org", std::string(1'025, 'x')).error().code(), Code::password_unfit);
  EXPECT_TRUE(sign_up("bob@example.org", std::string(1'024, 'x')));
  EXPECT_TRUE(sign_in("bob@example.org", std::string(1'024, 'x')));
  EXPECT_EQ(sign_in("bob@example.org", std::string(1'025, 'x')).error().code(), Code::credentials_wrong);
}

TEST_F(Town, AnUnknownAddressIsAnsweredLikeAWrongPassword) {
  open();
  ASSERT_TRUE(sign_up("ann@example.org"));
  for (const std::string email : {"ann@example.org", "nobody@example.org", "no address", ""}) {
    const auto hashes = town_->hasher().count();
    const auto refused = sign_in(email, "wrong horse");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::credentials_wrong) << email;
    EXPECT_EQ(refused.error().details(), "") << email;
    EXPECT_EQ(town_->hasher().count(), hashes + 1) << email;
  }
}

TEST_F(Town, KeepsItsDoorsShutWhenToldSo) {
  open({.is_open = false});
  EXPECT_EQ(sign_up("ann@example.org").error().code(), Code::sign_up_closed);
}

TEST_F(Town, WhatIsRevokedIsRefusedAtOnce) {
  open();
  const auto id = sign_up("ann@example.org")->account.id;
  auto& accounts = town_->accounts();
  const auto dies = [&](auto&& deed) {
    const auto session = *sign_in("ann@example.org");
    EXPECT_TRUE(identify(session.access_token));
    const auto mark = tokens_->epoch();
    deed(session);
    EXPECT_NE(tokens_->epoch(), mark) << "the cache of tokens would not hear of it";
    return refusal(session.access_token) == Code::token_expired;
  };
  EXPECT_TRUE(dies([&](const Session& session) { EXPECT_TRUE(run(town_->sign_out(sender_, session.access_token, SignOut::this_session))); }));
  EXPECT_TRUE(dies([&](const Session& session) { EXPECT_TRUE(run(town_->sign_out(sender_, session.access_token, SignOut::every_session))); }));
  EXPECT_TRUE(dies([&](const Session&) { EXPECT_TRUE(accounts.set_role(id, "editor")); }));
  EXPECT_TRUE(dies([&](const Session&) { EXPECT_TRUE(accounts.set_claims(id, R"({"tenant":"t1"})")); }));
  EXPECT_TRUE(dies([&](const Session&) { EXPECT_TRUE(accounts.revoke(id)); }));
  EXPECT_TRUE(dies([&](const Session& session) {
    EXPECT_TRUE(run(town_->refresh(sender_, session.refresh_token)));
    EXPECT_EQ(run(town_->refresh(sender_, session.refresh_token)).error().code(), Code::refresh_refused);
  })) << "reuse ends the session";
  EXPECT_THAT(heard(), HasSubstr("refresh:reused:built-in " + id));
  const auto now = *identify(sign_in("ann@example.org")->access_token);
  EXPECT_EQ(now->role, "editor");
  EXPECT_EQ(now->claims.find("tenant"), "t1");
  EXPECT_TRUE(dies([&](const Session&) { EXPECT_TRUE(accounts.set_state(id, Accounts::State::disabled)); }));
  EXPECT_EQ(sign_in("ann@example.org").error().code(), Code::account_disabled);
  EXPECT_EQ(sign_in("ann@example.org", "wrong horse").error().code(), Code::credentials_wrong) << "only who knows the password hears of it";
}

TEST_F(Town, TokensEndWithTheirTime) {
  open();
  const auto session = *sign_up("ann@example.org");
  book_.clock.pass(std::chrono::seconds(899));
  EXPECT_TRUE(identify(session.access_token));
  book_.clock.pass(std::chrono::seconds(1));
  EXPECT_EQ(refusal(session.access_token), Code::token_expired);
  const auto next = run(town_->refresh(sender_, session.refresh_token));
  ASSERT_TRUE(next);
  EXPECT_TRUE(identify(next->access_token));
}

TEST_F(Town, TokensOfOthersAreNotItsOwn) {
  open();
  const auto ann = sign_up("ann@example.org")->account;
  const auto forged = [&](const SigningKey& key, const TokenWords& words, std::string_view type) { return refusal(key.sign(token_payload(ann, words), type)); };
  const auto key = town_->signing_keys().present()->signing;
  const auto now = std::chrono::floor<std::chrono::seconds>(book_.clock.wall()).time_since_epoch().count();
  TokenWords words{.issuer = "aljibe", .audience = "aljibe", .role = "admin", .session = "none", .began_at = now, .now = now, .life = std::chrono::seconds(900)};
  EXPECT_EQ(forged(key, words, access_token_type), Code::token_expired) << "a session that is not there";
  EXPECT_EQ(forged(SigningKey::generate(), words, access_token_type), Code::token_invalid);
  EXPECT_EQ(forged(key, words, "JWT"), Code::token_invalid);
  words.audience = "other";
  EXPECT_EQ(forged(key, words, access_token_type), Code::token_invalid);
  EXPECT_EQ(refusal(sign_in("ann@example.org")->refresh_token), Code::token_invalid) << "a refresh token is no access token";
}

TEST_F(Town, SigningKeysChangeAndOldTokensHold) {
  open();
  const auto session = *sign_up("ann@example.org");
  const auto old = town_->signing_keys().present()->signing.kid();
  book_.clock.pass(std::chrono::days(89));
  ASSERT_EQ(town_->signing_keys().present()->signing.kid(), old);
  const auto before = *sign_in("ann@example.org");
  ASSERT_TRUE(town_->signing_keys().rotate());
  const auto kid = town_->signing_keys().present()->signing.kid();
  EXPECT_NE(kid, old);
  EXPECT_TRUE(identify(before.access_token));
  EXPECT_TRUE(identify(sign_in("ann@example.org")->access_token));
  EXPECT_THAT(town_->jwks(), HasSubstr(old));
  book_.clock.pass(std::chrono::days(90));
  EXPECT_TRUE(identify(sign_in("ann@example.org")->access_token));
  EXPECT_THAT(town_->jwks(), Not(HasSubstr(old)));
  EXPECT_NE(town_->signing_keys().present()->signing.kid(), kid) << "by itself, when it is old";
}

TEST_F(Town, CodesFromMessagesVerifyAndReset) {
  open();
  const auto session = *sign_up("ann@example.org");
  const auto code = mailed("ann@example.org");
  EXPECT_EQ(run(town_->verify(sender_, code + "x")).error().code(), Code::one_time_code_wrong);
  EXPECT_TRUE(run(town_->verify(sender_, code))->is_verified);
  EXPECT_EQ(run(town_->verify(sender_, code)).error().code(), Code::one_time_code_wrong);
  ASSERT_TRUE(run(town_->send_reset(sender_, "Ann@example.org")));
  const auto reset = mailed("ann@example.org");
  EXPECT_EQ(run(town_->reset(sender_, reset, "short")).error().code(), Code::password_unfit);
  ASSERT_TRUE(run(town_->reset(sender_, reset, "battery staple")));
  EXPECT_EQ(run(town_->reset(sender_, reset, "battery staple")).error().code(), Code::one_time_code_wrong);
  EXPECT_EQ(sign_in("ann@example.org").error().code(), Code::credentials_wrong);
  EXPECT_TRUE(sign_in("ann@example.org", "battery staple"));
  EXPECT_EQ(refusal(session.access_token), Code::token_expired);
  EXPECT_EQ(run(town_->refresh(sender_, session.refresh_token)).error().code(), Code::refresh_refused);
  EXPECT_TRUE(run(town_->send_reset(sender_, "nobody@example.org"))) << "the answer does not tell";
  EXPECT_EQ(mailed("nobody@example.org"), "");
}

TEST_F(Town, VerificationCanBeWantedBeforeASignIn) {
  open({.wants_verified = true});
  const auto up = sign_up("ann@example.org");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->access_token, "");
  const auto code = mailed("ann@example.org");
  const auto again = sign_up("ann@example.org", "another one");
  ASSERT_TRUE(again) << "a stranger does not hear that the address is taken";
  EXPECT_EQ(again->access_token, "");
  EXPECT_EQ(again->account.email, up->account.email);
  EXPECT_EQ(mailed("ann@example.org"), "no code") << "but its owner does";
  EXPECT_EQ(sign_in("ann@example.org").error().code(), Code::email_unverified);
  ASSERT_TRUE(run(town_->verify(sender_, code)));
  EXPECT_TRUE(sign_in("ann@example.org"));
}

TEST_F(Town, AccountsChangeThemselvesAndGo) {
  open();
  const auto session = *sign_up("ann@example.org");
  const auto named = run(town_->change(sender_, session.access_token, {.profile = {.display_name = "Ann", .photo_url = {}}}));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->account.display_name, "Ann");
  EXPECT_TRUE(identify(session.access_token));
  const auto changed = run(town_->change(sender_, session.access_token, {.email = "eve@example.org", .password = "battery staple", .profile = {}}));
  ASSERT_TRUE(changed) << changed.error().message();
  EXPECT_EQ(refusal(session.access_token), Code::token_expired);
  EXPECT_TRUE(identify(changed->access_token));
  EXPECT_TRUE(sign_in("eve@example.org", "battery staple"));
  book_.clock.pass(std::chrono::seconds(301));
  EXPECT_EQ(run(town_->change(sender_, changed->access_token, {.password = "yet another", .profile = {}})).error().code(), Code::sign_in_too_old);
  EXPECT_EQ(run(town_->remove(sender_, changed->access_token)).error().code(), Code::sign_in_too_old);
  const auto fresh = *sign_in("eve@example.org", "battery staple");
  ASSERT_TRUE(run(town_->remove(sender_, fresh.access_token)));
  EXPECT_EQ(refusal(fresh.access_token), Code::token_expired);
  EXPECT_EQ(sign_in("eve@example.org", "battery staple").error().code(), Code::credentials_wrong);
}

TEST_F(Town, ANewPasswordCanKeepTheSessionThatMadeIt) {
  open();
  const auto session = *sign_up("ann@example.org");
  const auto other = *sign_in("ann@example.org");
  ASSERT_TRUE(run(town_->change(sender_, session.access_token, {.password = "battery staple", .profile = {}, .then = BuiltIn::Change::Then::same_session})));
  EXPECT_TRUE(identify(session.access_token));
  EXPECT_EQ(refusal(other.access_token), Code::token_expired);
  EXPECT_TRUE(run(town_->refresh(sender_, session.refresh_token)));
}

TEST_F(Town, WhoGuessesIsSlowedDown) {
  open({.tries = {.tries = 3}});
  ASSERT_TRUE(sign_up("ann@example.org"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in("ann@example.org", "guess").error().code(), Code::credentials_wrong);
  const auto hashes = town_->hasher().count();
  const auto slowed = sign_in("ann@example.org");
  ASSERT_FALSE(slowed) << "the right password does not help now";
  EXPECT_EQ(slowed.error().code(), Code::rate_limited);
  EXPECT_EQ(slowed.error().retry_after(), std::chrono::seconds(1));
  EXPECT_EQ(town_->hasher().count(), hashes);
  book_.clock.pass(std::chrono::seconds(1));
  EXPECT_EQ(sign_in("ann@example.org", "guess").error().code(), Code::credentials_wrong);
  EXPECT_EQ(sign_in("ann@example.org").error().retry_after(), std::chrono::seconds(2)) << "twice as long";
  sender_.address = *Address::read("198.51.100.1");
  EXPECT_TRUE(sign_in("ann@example.org")) << "from elsewhere";
}

TEST_F(Town, ACrowdIsToldToComeAgainAndCountsForNothing) {
  open({.hashes = {.at_once = 1, .waiting = 1}, .tries = {.tries = 4}});
  ASSERT_TRUE(sign_up("ann@example.org"));
  asio::io_context context(1);
  std::vector<std::future<Result<Session>>> crowd;
  for (int i = 0; i < 4; ++i) crowd.push_back(asio::co_spawn(context, town_->sign_in(sender_, {"ann@example.org", "guess"}), asio::use_future));
  context.run();
  std::size_t refused = 0;
  for (auto& one : crowd) refused += one.get().error().code() == Code::overloaded ? 1 : 0;
  EXPECT_GE(refused, 1U);
  EXPECT_TRUE(sign_in("ann@example.org")) << "those that nobody looked at would have been the last straw";
}

TEST_F(Town, MachinesHaveKeys) {
  open();
  const auto made = *town_->keys().add("nightly", "loader", std::nullopt);
  const auto identity = identify(made.token);
  ASSERT_TRUE(identity);
  EXPECT_EQ((*identity)->role, "loader");
  EXPECT_EQ((*identity)->name(), "key\n" + made.key.id);
  ASSERT_TRUE(town_->keys().revoke(made.key.id));
  EXPECT_EQ(refusal(made.token), Code::token_invalid);
}

TEST_F(Town, ATroubleOfTheFileIsNoReasonToTrust) {
  open();
  const auto session = *sign_up("ann@example.org");
  {
    auto connection = *store::sqlite::Connection::open(book_.path(), store::sqlite::Access::read_write);
    ASSERT_TRUE(connection.execute("ALTER TABLE sessions RENAME TO gone", "testing"));
  }
  EXPECT_EQ(refusal(session.access_token), Code::auth_unavailable);
  EXPECT_EQ(sign_in("ann@example.org").error().code(), Code::auth_unavailable);
}

TEST(AccessToken, OwnClaimsNeverOverwrite) {
  Account account{.id = "u1", .email = "ann@example.org", .claims = R"({"tenant":{"id":7},"role":"admin","sub":"u2","exp":9999999999})"};
  const auto payload = token_payload(account, {.issuer = "aljibe", .audience = "aljibe", .role = "authenticated", .session = "s", .began_at = 1, .now = 2, .life = std::chrono::seconds(3)});
  const auto claims = Claims::parse(payload);
  ASSERT_TRUE(claims) << payload;
  EXPECT_EQ(claims->find("role"), "authenticated");
  EXPECT_EQ(claims->find("sub"), "u1");
  EXPECT_EQ(claims->find("exp"), "5");
  EXPECT_EQ(claims->find("tenant.id"), "7");
  EXPECT_EQ(*check_claims(R"({ "tenant": {"id": 7} })"), R"({"tenant":{"id":7}})");
  for (const std::string text : {"[]", "", R"({"role":"admin"})", R"({"a":1,"a":2})", R"({"firebase":{}})"}) EXPECT_EQ(check_claims(text).error().code(), Code::value_invalid) << text;
  EXPECT_FALSE(check_claims(R"({"a":")" + std::string(1'000, 'x') + "\"}"));
}

}  // namespace
}  // namespace aljibe::auth
