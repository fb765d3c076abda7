#include "auth/hasher.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <vector>

#include "io/testing/run.h"

namespace aljibe::auth {
namespace {

using io::testing::run;

namespace asio = boost::asio;

TEST(Hasher, KnowsThePasswordOfAHash) {
  Hasher hasher({});
  const auto hash = *run(hasher.hash("correct horse"));
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, *run(hasher.hash("correct horse"))) << "salted";
  EXPECT_TRUE(*run(hasher.fits("correct horse", hash)));
  EXPECT_FALSE(*run(hasher.fits("correct horsf", hash)));
  EXPECT_FALSE(*run(hasher.fits("correct horse", "no hash")));
}

TEST(Hasher, WorksAsHardForNobody) {
  Hasher hasher({});
  EXPECT_EQ(hasher.count(), 0U);
  EXPECT_FALSE(*run(hasher.fits("correct horse", "")));
  EXPECT_EQ(hasher.count(), 1U);
}

TEST(Hasher, RefusesPastItsQueue) {
  Hasher hasher({.at_once = 1, .waiting = 2});
  asio::io_context context(1);
  std::vector<std::future<Result<bool>>> asked;
  for (int i = 0; i < 20; ++i) asked.push_back(asio::co_spawn(context, hasher.fits("correct horse", ""), asio::use_future));
  context.run();
  int refused = 0;
  for (auto& one : asked) {
    const auto result = one.get();
    if (!result && result.error().code() == Code::overloaded) ++refused;
  }
  EXPECT_GE(refused, 15);
  EXPECT_LE(hasher.count(), 5U);
}

}  // namespace
}  // namespace aljibe::auth
