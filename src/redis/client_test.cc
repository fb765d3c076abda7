#include "redis/client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include "redis/testing/server.h"
#include "redis/testing/witness.h"

namespace aljibe::redis {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ask;
using testing::in;
using testing::Server;
using testing::text;

io::Task<void> repeat(Client& client, int times, int& finished) {
  const auto here = std::this_thread::get_id();
  for (int i = 0; i < times; ++i) {
    const auto reply = co_await client.call({"GET", "a"}, in(seconds(20)));
    EXPECT_EQ(text(reply), "b");
    EXPECT_EQ(std::this_thread::get_id(), here);
    ++finished;
  }
}

class ClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<Client> connect(Options options) {
    auto started = Client::start(std::move(options), &witness);
    EXPECT_TRUE(started) << started.error().message() << started.error().details();
    return std::move(*started);
  }
  std::unique_ptr<Client> connect(const Server& server) { return connect(Options{.port = server.port()}); }

  testing::Witness witness;
};

TEST_F(ClientTest, sends_and_receives) {
  const Server server;
  const auto client = connect(server);
  EXPECT_EQ(text(ask(*client, {"SET", "a", "b\r\nc"})), "OK");
  EXPECT_EQ(text(ask(*client, {"GET", "a"})), "b\r\nc");
  EXPECT_EQ(text(ask(*client, {"GET", "absent"})), "(null)");
  EXPECT_EQ(text(ask(*client, {"INCR", "n"})), "1");
  EXPECT_EQ(text(ask(*client, {"NOSUCH"})).substr(0, 11), "ERR unknown");
  const std::string large(5'000'000, 'x');
  EXPECT_EQ(text(ask(*client, {"SET", "large", large})), "OK");
  EXPECT_EQ(text(ask(*client, {"GET", "large"})), large);
  EXPECT_EQ(client->state(), State::ready);
  EXPECT_EQ(client->figures().calls, 7U);
  EXPECT_EQ(client->figures().outstanding, 0U);
}

TEST_F(ClientTest, calls_come_back_to_the_thread_they_came_from) {
  const Server server;
  const auto client = connect(server);
  ASSERT_EQ(text(ask(*client, {"SET", "a", "b"})), "OK");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      asio::io_context context(1);
      int finished = 0;
      for (int j = 0; j < 50; ++j) asio::co_spawn(context, repeat(*client, 20, finished), asio::detached);
      context.run();
      EXPECT_EQ(finished, 1000);
    });
  }
  threads.clear();
  EXPECT_EQ(client->figures().calls, 3001U);
}

TEST_F(ClientTest, replies_belong_to_their_calls) {
  const Server server;
  const auto client = connect(server);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      std::vector<std::future<Result<Reply>>> answers;
      for (int j = 0; j < 500; ++j) {
        auto promise = std::make_shared<std::promise<Result<Reply>>>();
        answers.push_back(promise->get_future());
        client->send({"ECHO", std::to_string(i * 1000 + j)}, in(seconds(20)), [promise](Result<Reply> reply) { promise->set_value(std::move(reply)); });
      }
      for (int j = 0; j < 500; ++j) EXPECT_EQ(text(answers[static_cast<std::size_t>(j)].get()), std::to_string(i * 1000 + j));
    });
  }
}

TEST_F(ClientTest, heals_when_the_server_is_killed_and_comes_again) {
  Server server;
  const auto client = connect(server);
  ASSERT_EQ(text(ask(*client, {"SET", "a", "b"})), "OK");
  server.kill9();
  ASSERT_TRUE(witness.wait_for("disconnected"));
  EXPECT_EQ(ask(*client, {"GET", "a"}).error().code(), Code::redis_unavailable);
  EXPECT_EQ(client->state(), State::connecting);
  EXPECT_NE(client->last_error(), "");
  server.start();
  ASSERT_TRUE(witness.wait_for("connected"));
  EXPECT_EQ(text(ask(*client, {"GET", "a"})), "(null)") << "it came back empty";
  EXPECT_EQ(client->figures().connections, 2U);
}

TEST_F(ClientTest, a_server_that_is_absent_at_first_is_found_later) {
  Server server({.is_started = false});
  const auto client = connect(server);
  ASSERT_TRUE(witness.wait_for("disconnected"));
  EXPECT_EQ(ask(*client, {"GET", "a"}).error().code(), Code::redis_unavailable);
  server.start();
  ASSERT_TRUE(witness.wait_for("connected"));
  EXPECT_EQ(text(ask(*client, {"GET", "a"})), "(null)");
}

TEST_F(ClientTest, a_server_that_hangs_costs_a_few_late_calls_and_heals) {
  Server server;
  const auto client = connect(server);
  ASSERT_EQ(text(ask(*client, {"SET", "a", "b"})), "OK");
  server.pause();
  for (int i = 0; i < 5; ++i) {
    const auto begun_at = steady_clock::now();
    EXPECT_EQ(ask(*client, {"GET", "a"}, milliseconds(20)).error().code(), Code::redis_late);
    EXPECT_GE(steady_clock::now() - begun_at, milliseconds(19));
  }
  EXPECT_EQ(client->state(), State::broken);
  EXPECT_EQ(ask(*client, {"GET", "a"}).error().code(), Code::redis_unavailable) << "at once";
  ASSERT_TRUE(witness.wait_for("breaker opened"));
  ASSERT_TRUE(witness.wait_for("disconnected: The server did not answer in time.")) << "its replies are not waited for";
  server.resume();
  ASSERT_TRUE(witness.wait_for("breaker closed"));
  EXPECT_EQ(text(ask(*client, {"GET", "a"})), "b");
  EXPECT_EQ(client->figures().late, 5U);
  EXPECT_EQ(client->figures().breaker_opened, 1U);
}

TEST_F(ClientTest, a_server_that_hangs_for_a_moment_keeps_its_connection) {
  Server server;
  const auto client = connect(server);
  ASSERT_EQ(text(ask(*client, {"SET", "a", "b"})), "OK");
  server.pause();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(*client, {"GET", "a"}, milliseconds(5)).error().code(), Code::redis_late);
  server.resume();
  ASSERT_TRUE(witness.wait_for("breaker closed"));
  EXPECT_EQ(text(ask(*client, {"GET", "a"})), "b") << "late replies are not taken for this one's";
  EXPECT_EQ(client->figures().connections, 1U);
}

TEST_F(ClientTest, a_deadline_that_has_passed_is_late_at_once) {
  const Server server;
  const auto client = connect(server);
  EXPECT_EQ(ask(*client, {"PING"}, milliseconds(-1)).error().code(), Code::redis_late);
}

TEST_F(ClientTest, refuses_past_its_queue) {
  Server server;
  const auto client = connect({.port = server.port(), .queue_max = 2, .queue_bytes_max = 1000});
  ASSERT_EQ(text(ask(*client, {"PING"})), "PONG");
  EXPECT_EQ(ask(*client, {"SET", "a", std::string(1000, 'x')}).error().code(), Code::redis_unavailable);
  server.pause();
  std::promise<Result<Reply>> first;
  std::promise<Result<Reply>> second;
  client->send({"PING"}, in(seconds(20)), [&](Result<Reply> reply) { first.set_value(std::move(reply)); });
  client->send({"PING"}, in(seconds(20)), [&](Result<Reply> reply) { second.set_value(std::move(reply)); });
  EXPECT_EQ(ask(*client, {"PING"}).error().code(), Code::redis_unavailable);
  EXPECT_EQ(client->figures().outstanding, 2U);
  server.resume();
  EXPECT_EQ(text(first.get_future().get()), "PONG");
  EXPECT_EQ(text(second.get_future().get()), "PONG");
  EXPECT_EQ(text(ask(*client, {"PING"})), "PONG");
}

TEST_F(ClientTest, answers_what_is_outstanding_when_it_stops) {
  Server server;
  auto client = connect(server);
  ASSERT_EQ(text(ask(*client, {"PING"})), "PONG");
  server.pause();
  std::promise<Result<Reply>> sent;
  client->send({"PING"}, in(seconds(20)), [&](Result<Reply> reply) { sent.set_value(std::move(reply)); });
  asio::io_context context(1);
  auto called = asio::co_spawn(context, client->call({"PING"}, in(seconds(20))), asio::use_future);
  context.poll();
  client.reset();
  EXPECT_EQ(sent.get_future().get().error().code(), Code::redis_unavailable);
  context.run();
  EXPECT_EQ(called.get().error().code(), Code::redis_unavailable);
}

TEST_F(ClientTest, what_is_no_resp3_is_an_error) {
  // A peer that answers everything with HTTP.
  const auto port = testing::free_port();
  asio::io_context context(1);
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
  const auto client = connect({.port = port});
  auto socket = acceptor.accept();
  asio::write(socket, asio::buffer(std::string("HTTP/1.1 400 Bad Request\r\n\r\n")));
  ASSERT_TRUE(witness.wait_for("disconnected: What the server sent is not RESP3"));
  auto again = acceptor.accept();
  asio::write(again, asio::buffer(std::string("%0\r\n")));
  ASSERT_TRUE(witness.wait_for("connected"));
  std::promise<Result<Reply>> promise;
  client->send({"PING"}, in(seconds(20)), [&](Result<Reply> reply) { promise.set_value(std::move(reply)); });
  // HELLO first, then the call.
  std::string received;
  while (received.find("PING") == std::string::npos) {
    char bytes[512];
    received.append(bytes, again.read_some(asio::buffer(bytes)));
  }
  asio::write(again, asio::buffer(std::string("?\r\n")));
  EXPECT_EQ(promise.get_future().get().error().code(), Code::redis_protocol);
}

TEST_F(ClientTest, a_full_server_says_so) {
  const Server server({.arguments = {"--maxmemory", "1", "--maxmemory-policy", "noeviction"}});
  const auto client = connect(server);
  const auto reply = ask(*client, {"SET", "a", "b"});
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->is_error("OOM"));
}

}  // namespace
}  // namespace aljibe::redis
