// TLS, users and passwords, against a real server.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>

#include "redis/client.h"
#include "redis/testing/server.h"
#include "redis/testing/witness.h"

namespace aljibe::redis {
namespace {

using testing::ask;
using testing::Certificate;
using testing::Server;
using testing::text;

std::unique_ptr<Client> connect(Options options, Observer& observer) {
  auto started = Client::start(std::move(options), &observer);
  EXPECT_TRUE(started) << started.error().message() << started.error().details();
  return std::move(*started);
}

class TlsTest : public ::testing::Test {
 protected:
  const Certificate& certificate(const std::string& name, const std::string& names = "DNS:localhost,IP:127.0.0.1") {
    made.push_back(testing::make_certificate(folder, name, names));
    return made.back();
  }
  std::unique_ptr<Client> connect_to(const Server& server, Options options) {
    options.port = server.port();
    options.is_tls = true;
    return connect(std::move(options), witness);
  }

  testing::Folder folder;
  std::deque<Certificate> made;
  testing::Witness witness;
};

TEST_F(TlsTest, speaks_to_a_server_whose_certificate_it_can_verify) {
  const auto& good = certificate("good");
  const Server server(testing::with_tls(good));
  const std::string large(1'000'000, 'x');
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    const auto client = connect_to(server, {.host = host, .ca_file = good.ca_file});
    EXPECT_EQ(text(ask(*client, {"SET", "a", large})), "OK") << client->last_error();
    EXPECT_EQ(text(ask(*client, {"GET", "a"})), large);
  }
}

TEST_F(TlsTest, refuses_a_certificate_of_another_authority) {
  const Server server(testing::with_tls(certificate("good")));
  const auto client = connect_to(server, {.ca_file = certificate("other").ca_file});
  ASSERT_TRUE(witness.wait_for("disconnected: TLS failed: the server's certificate is refused"));
  EXPECT_EQ(ask(*client, {"PING"}).error().code(), Code::redis_unavailable);
  const auto of_the_system = connect_to(server, {});
  EXPECT_TRUE(witness.wait_for("disconnected: TLS failed: the server's certificate is refused"));
}

TEST_F(TlsTest, refuses_a_certificate_of_another_host) {
  const auto& elsewhere = certificate("elsewhere", "DNS:redis.example.org,IP:10.0.0.1");
  const Server server(testing::with_tls(elsewhere));
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    const auto client = connect_to(server, {.host = host, .ca_file = elsewhere.ca_file});
    EXPECT_TRUE(witness.wait_for("disconnected: TLS failed: the server's certificate is refused for \"" + std::string(host)));
    EXPECT_EQ(client->figures().connections, 0U);
  }
}

TEST_F(TlsTest, shows_its_own_certificate_where_one_is_wanted) {
  const auto& good = certificate("good");
  const Server server(testing::with_tls(good, {"--tls-auth-clients", "yes"}));
  const auto anonymous = connect_to(server, {.ca_file = good.ca_file});
  EXPECT_TRUE(witness.wait_for("disconnected"));
  EXPECT_EQ(anonymous->figures().connections, 0U);
  const auto client = connect_to(server, {.ca_file = good.ca_file, .certificate_file = good.file, .key_file = good.key_file});
  EXPECT_EQ(text(ask(*client, {"PING"})), "PONG") << client->last_error();
}

TEST_F(TlsTest, does_not_start_with_files_that_cannot_be_used) {
  const auto& good = certificate("good");
  const auto& other = certificate("other");
  const std::string missing = folder.path() + "/missing.pem";
  for (const auto& options : {Options{.is_tls = true, .ca_file = missing}, Options{.is_tls = true, .certificate_file = missing, .key_file = missing},
                              Options{.is_tls = true, .certificate_file = good.file, .key_file = missing},
                              Options{.is_tls = true, .certificate_file = good.file, .key_file = other.key_file}}) {
    const auto started = Client::start(options);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code(), Code::tls_invalid);
  }
}

TEST_F(TlsTest, a_plain_server_is_no_tls_server_and_the_other_way_round) {
  const Server plain;
  const auto encrypted = connect_to(plain, {.ca_file = certificate("good").ca_file, .connect_timeout = std::chrono::milliseconds(300)});
  EXPECT_TRUE(witness.wait_for("disconnected"));
  const Server server(testing::with_tls(made[0]));
  const auto client = connect({.port = server.port(), .connect_timeout = std::chrono::milliseconds(300)}, witness);
  EXPECT_TRUE(witness.wait_for("disconnected"));
  EXPECT_EQ(client->figures().connections + encrypted->figures().connections, 0U);
}

class UserTest : public ::testing::Test {
 protected:
  UserTest() { server.cli({"ACL", "SETUSER", "app", "on", ">sesame", "~app:*", "+@all"}); }
  std::unique_ptr<Client> sign_in(std::string user, std::string password) {
    return connect({.port = server.port(), .user = std::move(user), .password = std::move(password)}, witness);
  }

  const Server server;
  testing::Witness witness;
};

TEST_F(UserTest, signs_in_and_may_do_what_it_may) {
  const auto client = sign_in("app", "sesame");
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "app");
  EXPECT_EQ(text(ask(*client, {"SET", "app:a", "b"})), "OK");
  const auto refused = ask(*client, {"SET", "other", "b"});
  ASSERT_TRUE(refused);
  EXPECT_TRUE(refused->is_error("NOPERM"));
  EXPECT_EQ(text(ask(*client, Command({"CLIENT", "GETNAME"}, Command::no_key))), "aljibe");
}

TEST_F(UserTest, a_password_alone_is_the_default_user_s) {
  server.cli({"ACL", "SETUSER", "default", "resetpass", ">tahini"});
  const auto client = sign_in("", "tahini");
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "default");
}

TEST_F(UserTest, a_wrong_password_is_told_and_a_right_one_helps_at_once) {
  const auto client = sign_in("app", "wrong password");
  ASSERT_TRUE(witness.wait_for("disconnected: The server refused the greeting: WRONGPASS"));
  const auto refused = ask(*client, {"PING"});
  EXPECT_EQ(refused.error().code(), Code::redis_unavailable);
  EXPECT_NE(client->last_error().find("WRONGPASS"), std::string::npos);
  EXPECT_EQ(client->last_error().find("wrong password"), std::string::npos);
  client->authenticate("app", "sesame");
  ASSERT_TRUE(witness.wait_for("connected"));
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "app");
}

TEST_F(UserTest, new_credentials_reach_the_live_connection) {
  server.cli({"ACL", "SETUSER", "next", "on", ">tahini", "~*", "+@all"});
  const auto client = sign_in("app", "sesame");
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "app");
  client->authenticate("next", "tahini");
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "next");
  client->authenticate("next", "wrong");
  EXPECT_TRUE(witness.wait_for("authentication refused: WRONGPASS"));
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "next") << "it goes on";
  EXPECT_EQ(client->figures().connections, 1U);
}

TEST_F(UserTest, a_connection_made_later_uses_the_newest_password) {
  const auto client = sign_in("app", "sesame");
  ASSERT_TRUE(witness.wait_for("connected"));
  server.cli({"ACL", "SETUSER", "app", "resetpass", ">tahini"});
  client->authenticate("app", "tahini");
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "app");
  server.cli({"CLIENT", "KILL", "USER", "app"});
  ASSERT_TRUE(witness.wait_for("connected"));
  EXPECT_EQ(text(ask(*client, {"ACL", "WHOAMI"})), "app");
}

}  // namespace
}  // namespace aljibe::redis
