// A real cluster of three nodes.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "redis/client.h"
#include "redis/testing/server.h"
#include "redis/testing/witness.h"

namespace aljibe::redis {
namespace {

using testing::ask;
using testing::Cluster;
using testing::text;

/// Starting one takes seconds: the tests share it.
class ClusterTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shared = std::make_unique<Cluster>(); }
  static void TearDownTestSuite() { shared.reset(); }

  void connect(std::size_t node = 0) {
    auto started = Client::start({.port = shared->node(node).port()}, &witness);
    ASSERT_TRUE(started);
    client = std::move(*started);
  }
  std::uint64_t redirected() { return client->figures().redirected; }

  static std::unique_ptr<Cluster> shared;
  testing::Witness witness;
  std::unique_ptr<Client> client;
};

std::unique_ptr<Cluster> ClusterTest::shared;

TEST_F(ClusterTest, learns_which_node_has_a_key) {
  connect();
  for (int round = 0; round < 2; ++round) {
    for (const auto* key : {"foo", "hello", "bar"}) EXPECT_EQ(text(ask(*client, {"SET", key, key})), "OK") << key;
    for (const auto* key : {"foo", "hello", "bar"}) EXPECT_EQ(text(ask(*client, {"GET", key})), key);
  }
  EXPECT_LE(redirected(), 3U) << "each slot at most once";
  EXPECT_GE(redirected(), 1U) << "the keys are not all on one node";
}

TEST_F(ClusterTest, follows_a_slot_that_moves) {
  const std::string key = "{moving}key";
  auto& from = shared->owner_of(key);
  auto& to = shared->other_than(from);
  const auto slot = std::to_string(slot_of(key));
  connect();
  EXPECT_EQ(text(ask(*client, {"GET", key})), "(null)");
  const auto before = redirected();
  to.cli({"CLUSTER", "SETSLOT", slot, "IMPORTING", Cluster::id_of(from)});
  from.cli({"CLUSTER", "SETSLOT", slot, "MIGRATING", Cluster::id_of(to)});
  EXPECT_EQ(text(ask(*client, {"SET", key, "b"})), "OK");
  EXPECT_EQ(text(ask(*client, {"GET", key})), "b");
  EXPECT_EQ(redirected(), before + 2) << "ASK is for one call only";
  for (auto* node : {&to, &from}) node->cli({"CLUSTER", "SETSLOT", slot, "NODE", Cluster::id_of(to)});
  EXPECT_EQ(text(ask(*client, {"GET", key})), "b");
  EXPECT_EQ(text(ask(*client, {"GET", key})), "b");
  EXPECT_EQ(redirected(), before + 3) << "MOVED is remembered";
}

TEST_F(ClusterTest, a_node_that_dies_takes_only_its_keys_along) {
  connect();
  const std::string key = "hello";
  auto& owner = shared->owner_of(key);
  std::string other = "a";
  while (&shared->owner_of(other) == &owner) other += "a";
  connect(&owner == &shared->node(0) ? 1 : 0);
  EXPECT_EQ(text(ask(*client, {"SET", key, "b"})), "OK");
  EXPECT_EQ(text(ask(*client, {"SET", other, "b"})), "OK");
  owner.kill9();
  ASSERT_TRUE(witness.wait_for("disconnected"));
  const auto lost = ask(*client, {"GET", key});
  EXPECT_TRUE(!lost || lost->is_error()) << text(lost);
  EXPECT_EQ(text(ask(*client, {"GET", other})), "b");
  owner.start();
  ASSERT_TRUE(witness.wait_for("connected"));
  Result<Reply> again = ask(*client, {"GET", key});
  // The node answers CLUSTERDOWN until it has met the others.
  const auto until = testing::in(std::chrono::seconds(20));
  while ((!again || again->is_error()) && std::chrono::steady_clock::now() < until) again = ask(*client, {"GET", key});
  EXPECT_EQ(text(again), "(null)");
}

}  // namespace
}  // namespace aljibe::redis
