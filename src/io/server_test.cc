#include "io/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "io/gate.h"
#include "io/pool.h"
#include "io/testing/client.h"

namespace aljibe::io {
namespace {

using testing::Client;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

http::Response text(std::string body, int status = 200) {
  return {.prepared = http::prepare(status, "Content-Type: text/plain\r\n", std::move(body))};
}

/// Paths are orders: /now/…, /later/…, /pool, /throw-now, /throw-later, /wait (for the gate), /big/N.
class Orders final : public Handler {
 public:
  std::optional<http::Response> answer_now(const http::Request& request) override {
    if (request.path == "/throw-now") throw std::runtime_error("secret of now");
    if (request.path.starts_with("/now")) return text("now " + std::string(request.path) + " " + std::string(request.body));
    if (request.path.starts_with("/big/")) return text(std::string(std::stoul(std::string(request.path.substr(5))), 'x'));
    if (request.path == "/nothing") return text("ignored", 204);
    return std::nullopt;
  }

  Task<http::Response> answer(const http::Request& request) override {
    if (request.path == "/throw-later") throw std::runtime_error("secret of later");
    if (request.path == "/wait") {
      ++waiting;
      co_await gate.wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    }
    if (request.path == "/pool") {
      auto result = co_await pool.run([&]() -> Result<std::string> { return "pool " + std::string(request.query); });
      co_return text(result ? *result : "refused");
    }
    co_return text("later " + std::string(request.path) + " " + std::string(request.body));
  }

  Pool pool{2, 16};
  Gate gate;
  std::atomic<int> waiting{0};
};

class Notes final : public Observer {
 public:
  void refused(Code code) override {
    const std::scoped_lock lock(mutex);
    refusals.emplace_back(name(code));
  }
  void incident(std::string_view id, std::string_view what) override {
    const std::scoped_lock lock(mutex);
    incidents.push_back(std::string(id) + " " + std::string(what));
  }

  std::mutex mutex;
  std::vector<std::string> refusals;
  std::vector<std::string> incidents;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(std::size_t threads = 1) {
    ServerOptions options{.listeners = {Listener{}}, .threads = threads, .limits = limits};
    auto started = Server::start(std::move(options), orders, notes);
    ASSERT_TRUE(started) << started.error().message();
    server = std::move(*started);
    port = server->ports().at(0);
  }

  Limits limits;
  Orders orders;
  Notes notes;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
};

TEST_F(ServerTest, keeps_the_connection_and_answers_each_kind_of_request) {
  start();
  Client client(port);
  client.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto first = client.answer();
  EXPECT_THAT(first.head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(first.head, Not(HasSubstr("Connection:")));
  EXPECT_EQ(first.body, "now /now ");
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.answer().body, "later /later ");
  client.send("GET /pool?q HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.answer().body, "pool q");
  client.send("POST /later HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  EXPECT_EQ(client.answer().body, "later /later abc");
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
  start();
  Client client(port);
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests += "GET /" + std::string(i % 3 == 0 ? "later" : "now") + "/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  client.send(requests);
  for (int i = 0; i < 200; ++i) {
    const std::string kind = i % 3 == 0 ? "later" : "now";
    ASSERT_EQ(client.answer().body, kind + " /" + kind + "/" + std::to_string(i) + " ");
  }
}

TEST_F(ServerTest, closes_when_asked_and_says_so) {
  start();
  Client client(port);
  client.send("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.answer().head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.is_at_end());
  Client old(port);
  old.send("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(old.answer().head, HasSubstr("Connection: keep-alive\r\n"));
  old.send("GET /now HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.answer().head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(old.is_at_end());
}

}  // namespace
}  // namespace aljibe::io
