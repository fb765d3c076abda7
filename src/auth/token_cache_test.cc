#include "auth/token_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/testing/manual_clock.h"

namespace aljibe::auth {
namespace {

using std::chrono::seconds;

class Doubting final : public Provider {
 public:
  [[nodiscard]] std::string_view name() const override { return "doubting"; }
  [[nodiscard]] bool speaks_for(const ParsedToken&) const override { return true; }
  io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken) override { co_return fail(Code::token_invalid); }
  [[nodiscard]] std::uint64_t epoch() const override { return epoch_.load(std::memory_order_relaxed); }
  void revoke_all() { ++epoch_; }

 private:
  std::atomic<std::uint64_t> epoch_{1};
};

class TokenCaches : public ::testing::Test {
 protected:
  void put(const std::string& token, seconds lives = seconds(60)) {
    Identity identity{.role = "user", .issuer = "x", .subject = token, .claims = {}, .expires = clock.wall() + lives};
    cache.put(token, std::make_shared<const Identity>(std::move(identity)), provider, provider.epoch());
  }
  bool has(const std::string& token) {
    const auto found = cache.find(token, clock.wall());
    if (found) EXPECT_EQ(found->subject, token);
    return found != nullptr;
  }

  testing::ManualClock clock;
  Doubting provider;
  TokenCache cache{160};
};

TEST_F(TokenCaches, FindByAllBytes) {
  put("abc");
  EXPECT_TRUE(has("abc"));
  for (const auto* const other : {"ab", "abcd", "abC", "", "abc "}) EXPECT_FALSE(has(other)) << other;
}

TEST_F(TokenCaches, NeverGiveOutWhatHasExpired) {
  put("abc", seconds(10));
  clock.pass(seconds(9));
  EXPECT_TRUE(has("abc"));
  clock.pass(seconds(1));
  EXPECT_FALSE(has("abc"));
  EXPECT_EQ(cache.figures().entries, 0U);
  EXPECT_EQ(cache.figures().dropped, 1U);
}

TEST_F(TokenCaches, HearOfDoubts) {
  put("abc");
  provider.revoke_all();
  EXPECT_FALSE(has("abc"));
  put("abc");
  EXPECT_TRUE(has("abc"));
}

TEST_F(TokenCaches, KeepAnEpochThatPassedWhileVerifying) {
  const auto before = provider.epoch();
  provider.revoke_all();
  cache.put("abc", std::make_shared<const Identity>(Identity{.role = "user", .issuer = "x", .subject = "abc", .claims = {}}), provider, before);
  EXPECT_FALSE(has("abc"));
}

TEST_F(TokenCaches, AreBoundedAndKeepWhatIsAskedFor) {
  put("often");
  for (int i = 0; i < 10'000; ++i) {
    put("token " + std::to_string(i));
    EXPECT_TRUE(has("often")) << i;
    EXPECT_LE(cache.figures().entries, 160U);
  }
  EXPECT_GE(cache.figures().evicted, 9'000U);
}

TEST_F(TokenCaches, ReplaceAToken) {
  for (int i = 0; i < 1'000; ++i) put("abc");
  EXPECT_EQ(cache.figures().entries, 1U);
  EXPECT_TRUE(has("abc"));
}

TEST_F(TokenCaches, AreForManyThreads) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 3'000; ++i) {
        const auto token = "token " + std::to_string(i % 300);
        if (!has(token)) put(token, seconds(1 + i % 3));
        if (i % 500 == 0) provider.revoke_all();
        if (thread == 0 && i % 100 == 0) clock.pass(seconds(1));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(cache.figures().entries, 160U);
}

}  // namespace
}  // namespace aljibe::auth
