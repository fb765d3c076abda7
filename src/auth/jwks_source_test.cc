#include "auth/jwks_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "auth/testing/forge.h"
#include "auth/testing/manual_clock.h"
#include "io/testing/http_stub.h"
#include "io/testing/run.h"

namespace aljibe::auth {
namespace {

using io::testing::run;

namespace asio = boost::asio;
using io::testing::HttpStub;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::shared_rsa_key;

const testing::EcKey& second_key() {
  static const auto key = testing::ec_key("ec-2", Algorithm::es256);
  return key;
}

ParsedToken of_first() { return *parse_token(testing::token(R"({"alg":"RS256","kid":"rsa-1"})", "{}", shared_rsa_key().sign())); }
ParsedToken of_second() { return *parse_token(testing::token(R"({"alg":"ES256","kid":"ec-2"})", "{}", second_key().sign)); }
ParsedToken of_nobody(int number) { return *parse_token(testing::token(R"({"alg":"ES256","kid":"nobody-)" + std::to_string(number) + "\"}", "{}", second_key().sign)); }

std::string first_keys() { return R"({"keys":[)" + shared_rsa_key().jwk() + "]}"; }
std::string both_keys() { return R"({"keys":[)" + shared_rsa_key().jwk() + "," + second_key().jwk + "]}"; }
std::string second_keys() { return R"({"keys":[)" + second_key().jwk + "]}"; }

/// A server whose answer the test changes, and a source that asks it.
class JwksSources : public ::testing::Test {
 protected:
  void serves(std::string reply) {
    const std::scoped_lock lock(mutex);
    answer = std::move(reply);
  }
  std::string reply() {
    const std::scoped_lock lock(mutex);
    return answer;
  }
  JwksOptions options() { return {.issuer = stub.url(""), .url = stub.url("/keys"), .ca_file = {}, .timeout = milliseconds(5'000)}; }
  /// "verified", or why not.
  std::string outcome(const ParsedToken& token) {
    const auto keys = run(source->keys_for(token));
    if (!keys) return std::string(name(keys.error().code()));
    const auto verified = (*keys)->verify(token);
    return verified ? "verified" : std::string(verified.error().details());
  }
  std::size_t fetches() { return stub.requests(); }

  std::mutex mutex;
  std::string answer;
  std::atomic<int> told{0};
  testing::ManualClock clock;
  HttpStub stub{[this](const std::string&) { return reply(); }};
  std::unique_ptr<JwksSource> source = std::make_unique<JwksSource>(options(), clock, [this](const telemetry::Event& event) { told += event.what == telemetry::Event::What::keys_unavailable ? 1 : 0; });
};

TEST_F(JwksSources, FetchOnceAndAgainWhenStale) {
  serves(HttpStub::ok(first_keys(), "Cache-Control: max-age=600\r\n"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome(of_first()), "verified");
  EXPECT_EQ(fetches(), 1U);
  clock.pass(seconds(599));
  EXPECT_EQ(outcome(of_first()), "verified");
  EXPECT_EQ(fetches(), 1U);
  clock.pass(seconds(1));
  serves(HttpStub::ok(second_keys()));
  EXPECT_EQ(outcome(of_first()), "key_unknown") << "a key that was taken back";
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(JwksSources, BoundTheAge) {
  serves(HttpStub::ok(first_keys(), "Cache-Control: max-age=1\r\n"));
  EXPECT_EQ(outcome(of_first()), "verified");
  clock.pass(minutes(5) - seconds(1));
  EXPECT_EQ(outcome(of_first()), "verified");
  EXPECT_EQ(fetches(), 1U);
  clock.pass(seconds(1));
  serves(HttpStub::ok(first_keys(), "Cache-Control: max-age=99999999\r\n"));
  EXPECT_EQ(outcome(of_first()), "verified");
  EXPECT_EQ(fetches(), 2U);
  clock.pass(std::chrono::hours(24));
  EXPECT_EQ(outcome(of_first()), "verified");
  EXPECT_EQ(fetches(), 3U);
}

TEST_F(JwksSources, TakeANewKeyAtOnce) {
  serves(HttpStub::ok(first_keys()));
  EXPECT_EQ(outcome(of_first()), "verified");
  serves(HttpStub::ok(both_keys()));
  EXPECT_EQ(outcome(of_second()), "key_unknown") << "within the floor";
  clock.pass(seconds(30));
  EXPECT_EQ(outcome(of_second()), "verified");
  EXPECT_EQ(outcome(of_first()), "verified") << "keys overlap";
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(JwksSources, AskOnceInAStormOfUnknownKeys) {
  serves(HttpStub::ok(first_keys()));
  EXPECT_EQ(outcome(of_first()), "verified");
  clock.pass(seconds(30));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(outcome(of_nobody(i)), "key_unknown");
  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(outcome(of_first()), "verified");
}

TEST_F(JwksSources, KeepTheLastGoodSet) {
  serves(HttpStub::ok(first_keys()));
  EXPECT_EQ(outcome(of_first()), "verified");
  for (const auto& broken : {std::string(), std::string("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), HttpStub::ok("{"), HttpStub::ok(R"({"keys":[]})"), HttpStub::ok("<html>"), HttpStub::ok(std::string(65 * 1024, ' ')), HttpStub::ok(first_keys() + std::string(64 * 1024, ' ')),
                             "HTTP/1.1 302 Found\r\nLocation: " + stub.url("/elsewhere") + "\r\nContent-Length: 0\r\n\r\n", std::string("nonsense\r\n\r\n")}) {
    const auto before = fetches();
    const auto heard = told.load();
    serves(broken);
    clock.pass(std::chrono::hours(25));
    EXPECT_EQ(outcome(of_first()), "verified") << broken.substr(0, 60);
    EXPECT_EQ(outcome(of_first()), "verified");
    EXPECT_EQ(fetches(), before + 1) << "one attempt within the floor, and no redirect";
    EXPECT_EQ(told.load(), heard + 1);
  }
}

TEST_F(JwksSources, SayWhenThereAreNoKeys) {
  serves("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(outcome(of_first()), "auth_unavailable");
  EXPECT_EQ(outcome(of_first()), "auth_unavailable");
  EXPECT_EQ(fetches(), 1U) << "not more often than every few seconds";
  serves(HttpStub::ok(first_keys()));
  clock.pass(seconds(5));
  EXPECT_EQ(outcome(of_first()), "verified");
}

TEST_F(JwksSources, GiveUpOnASlowServer) {
  std::promise<void> enough;
  const auto until = enough.get_future().share();
  const HttpStub slow([until](const std::string&) {
    until.wait();
    return std::string();
  });
  auto hurried = options();
  hurried.url = slow.url("/keys"), hurried.timeout = milliseconds(50);
  source = std::make_unique<JwksSource>(hurried, clock, nullptr);
  EXPECT_EQ(outcome(of_first()), "auth_unavailable");
  enough.set_value();
}

TEST_F(JwksSources, LetAllWaitForOneFetch) {
  constexpr int waiters = 8;
  std::promise<void> all_ask;
  const auto until = all_ask.get_future().share();
  const HttpStub patient([&](const std::string&) {
    until.wait();
    return HttpStub::ok(both_keys());
  });
  auto its = options();
  its.url = patient.url("/keys");
  source = std::make_unique<JwksSource>(its, clock, nullptr);
  asio::io_context context(1);
  std::vector<std::future<Result<std::shared_ptr<const KeySet>>>> results;
  const std::vector<ParsedToken> tokens{of_first(), of_second(), of_first(), of_second(), of_first(), of_second(), of_first(), of_nobody(1)};
  for (const auto& token : tokens) results.push_back(asio::co_spawn(context, source->keys_for(token), asio::use_future));
  std::thread opener([&] {
    while (patient.requests() == 0) std::this_thread::yield();
    all_ask.set_value();
  });
  context.run();
  opener.join();
  for (auto& result : results) EXPECT_TRUE(result.get());
  EXPECT_EQ(patient.requests(), 1U);
  EXPECT_EQ(results.size(), std::size_t{waiters});
}

TEST_F(JwksSources, Discover) {
  std::string document;
  std::vector<std::string> targets;
  const HttpStub issuer([&](const std::string& request) {
    targets.push_back(request.substr(0, request.find(" HTTP")));
    return targets.back() == "GET /keys" ? HttpStub::ok(both_keys()) : HttpStub::ok(document);
  });
  const auto ask = [&](const std::string& name) {
    source = std::make_unique<JwksSource>(JwksOptions{.issuer = name, .url = {}, .ca_file = {}}, clock, nullptr);
    return outcome(of_first());
  };
  document = R"({"issuer":")" + issuer.url("/tenant") + R"(","jwks_uri":")" + issuer.url("/keys") + "\"}";
  EXPECT_EQ(ask(issuer.url("/tenant")), "verified");
  EXPECT_EQ(targets.front(), "GET /tenant/.well-known/openid-configuration");
  EXPECT_EQ(ask(issuer.url("/other")), "auth_unavailable") << "it speaks of another issuer";
  EXPECT_EQ(ask(issuer.url("/tenant/")), "auth_unavailable") << "a slash more is another issuer";
  document = R"({"issuer":")" + issuer.url("/tenant/") + R"(","jwks_uri":")" + issuer.url("/keys") + "\"}";
  EXPECT_EQ(ask(issuer.url("/tenant/")), "verified");
  EXPECT_EQ(targets.back(), "GET /keys");
  for (const auto* const uri : {"http://169.254.169.254/keys", "file:///etc/passwd", "", "//x"}) {
    document = R"({"issuer":")" + issuer.url("/tenant") + R"(","jwks_uri":")" + std::string(uri) + "\"}";
    EXPECT_EQ(ask(issuer.url("/tenant")), "auth_unavailable") << uri;
  }
}

/// A listener that must hear nothing: where a token says that its keys are.
TEST_F(JwksSources, NeverAskWhereATokenSays) {
  const HttpStub canary([](const std::string&) { return HttpStub::ok(both_keys()); });
  serves(HttpStub::ok(first_keys()));
  for (const auto* const parameter : {"jku", "x5u"}) {
    const auto header = R"({"alg":"ES256","kid":"ec-2",")" + std::string(parameter) + R"(":")" + canary.url("/keys") + "\"}";
    EXPECT_EQ(outcome(*parse_token(testing::token(header, "{}", second_key().sign))), "key_unknown");
  }
  EXPECT_EQ(canary.requests(), 0U);
}

}  // namespace
}  // namespace aljibe::auth
