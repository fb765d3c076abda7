#include "io/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
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
    if (request.path == "/who") return text(std::string(request.peer) + " " + request.address.text() + (request.is_https ? " https" : " http"));
    if (request.path == "/nothing") return text("ignored", 204);
    return std::nullopt;
  }

  Task<http::Response> answer(const http::Request& request) override {
    if (request.path == "/throw-later") throw std::runtime_error("secret of later");
    if (request.path == "/wait") {
      ++waiting;
      waiting.notify_all();
      co_await gate.wait_until(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    }
    if (request.path == "/pool") {
      auto result = co_await pool.run([&]() -> Result<std::string> { return "pool " + std::string(request.query); });
      co_return text(result ? *result : "refused");
    }
    co_return text("later " + std::string(request.path) + " " + std::string(request.body));
  }

  void wait_for_waiting(int count) const {
    for (int now = waiting; now < count; now = waiting) waiting.wait(now);
  }

  Pool pool{2, 16};
  Gate gate;
  std::atomic<int> waiting{0};
};

class Notes final : public Observer {
 public:
  void refused(Code code, std::string_view) override {
    const std::scoped_lock lock(mutex);
    refusals.emplace_back(name(code));
  }
  void incident(std::string_view id, std::string_view what) override {
    const std::scoped_lock lock(mutex);
    incidents.push_back(std::string(id) + " " + std::string(what));
  }

  void connection_closed() override {
    const std::scoped_lock lock(mutex);
    ++closed;
    changed.notify_all();
  }
  void wait_for_closed(int count) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(10), [&] { return closed >= count; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  int closed = 0;
  std::vector<std::string> refusals;
  std::vector<std::string> incidents;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(std::size_t threads = 1) {
    ServerOptions options{.listeners = {Listener{}}, .threads = threads, .limits = limits, .trusted_proxies = trusted};
    auto started = Server::start(std::move(options), orders, notes);
    ASSERT_TRUE(started) << started.error().message();
    server = std::move(*started);
    port = server->ports().at(0);
  }

  Limits limits;
  std::vector<Network> trusted;
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

TEST_F(ServerTest, says_who_asks) {
  start();
  Client client(port);
  const std::string forwarded = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n";
  client.send("GET /who HTTP/1.1\r\nHost: a\r\n" + forwarded);
  EXPECT_EQ(client.answer().body, "127.0.0.1 127.0.0.1 http") << "nobody is believed who is not configured";
}

TEST_F(ServerTest, believes_a_trusted_proxy_request_by_request) {
  trusted.push_back(*Network::read("127.0.0.0/8"));
  start();
  Client client(port);
  client.send("GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1, 2001:db8::7\r\nX-Forwarded-Proto: https\r\n\r\n");
  EXPECT_EQ(client.answer().body, "2001:db8::7 2001:db8::7 https");
  client.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.answer().body, "127.0.0.1 127.0.0.1 http") << "nothing stays from the request before";
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

TEST_F(ServerTest, sends_no_body_where_none_is_due) {
  start();
  Client client(port);
  client.send("HEAD /now HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = client.answer(testing::BodyOf::head);
  EXPECT_THAT(head.head, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_EQ(client.answer().status, 204);
  EXPECT_EQ(client.answer().body, "now /now ");
}

TEST_F(ServerTest, sends_large_answers_to_a_client_that_reads_late) {
  start();
  Client client(port);
  for (int i = 0; i < 8; ++i) client.send("GET /big/3000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 8; ++i) ASSERT_EQ(client.answer().body, std::string(3'000'000, 'x'));
}

TEST_F(ServerTest, sends_100_continue_before_a_body_that_waits_for_it) {
  start();
  Client client(port);
  client.send("POST /now HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.answer().head, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.answer().body, "now /now ok");
}

TEST_F(ServerTest, refuses_what_is_past_the_limits_with_the_right_status_and_closes) {
  limits.target_bytes_max = 1'000;
  limits.head_bytes_max = 4'000;
  limits.body_bytes_max = 1'000;
  start();
  const struct {
    std::string request;
    int status;
    Code code;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\nBad : x\r\n\r\n", 400, Code::http_malformed},
      {"GET /" + std::string(2'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, Code::http_uri_too_long},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(8'000, 'x') + "\r\n\r\n", 431, Code::http_headers_too_large},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + std::string(1'001, 'x'), 413, Code::http_body_too_large},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br\r\n\r\n", 501, Code::http_not_supported},
      {"GET / HTTP/2.0\r\n\r\n", 505, Code::http_version_unsupported},
  };
  for (const auto& [request, status, code] : cases) {
    Client client(port);
    client.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n" + request);
    EXPECT_EQ(client.answer().status, 200) << "what came before is answered";
    const auto answer = client.answer();
    EXPECT_EQ(answer.status, status) << request.substr(0, 60);
    EXPECT_THAT(answer.head, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(answer.body, HasSubstr(std::string(wire(code))));
    EXPECT_TRUE(client.is_at_end());
  }
  const std::scoped_lock lock(notes.mutex);
  EXPECT_THAT(notes.refusals, ::testing::ElementsAre("http_malformed", "http_uri_too_long", "http_headers_too_large", "http_body_too_large",
                                                     "http_not_supported", "http_version_unsupported"));
}

TEST_F(ServerTest, hides_what_was_thrown_behind_an_incident) {
  start();
  Client client(port);
  for (const auto* path : {"/throw-now", "/throw-later"}) {
    client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.answer();
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, HasSubstr(std::string(wire(Code::internal))));
    EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
    const std::scoped_lock lock(notes.mutex);
    const auto& incident = notes.incidents.back();
    EXPECT_THAT(answer.body, HasSubstr("incident " + incident.substr(0, 16)));
    EXPECT_THAT(incident, HasSubstr("secret of"));
  }
}

TEST_F(ServerTest, gives_up_on_a_head_that_trickles_and_ends_idle_connections) {
  limits.head_timeout = std::chrono::milliseconds(60);
  limits.idle_timeout = std::chrono::milliseconds(60);
  limits.body_grace = std::chrono::milliseconds(60);
  start();
  Client slow(port);
  Client slow_body(port);
  Client idle(port);
  slow.send("GET / HT");
  slow_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  idle.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.answer().status, 200);
  EXPECT_EQ(idle.rest(), "");
  const auto answer = slow.answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_THAT(answer.body, HasSubstr(std::string(wire(Code::http_timeout))));
  EXPECT_EQ(slow_body.answer().status, 408);
}

TEST_F(ServerTest, drops_a_client_that_does_not_read) {
  limits.write_timeout = std::chrono::milliseconds(60);
  start();
  Client client(port);
  client.send("GET /big/50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  // Another client is answered meanwhile; once the first is gone its connection counts no more.
  Client other(port);
  other.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(other.answer().status, 200);
  notes.wait_for_closed(1);
  EXPECT_EQ(client.answer().status, 0);
}

TEST_F(ServerTest, a_body_needs_its_rate_and_its_time) {
  limits.body_grace = std::chrono::milliseconds(40);
  limits.body_rate_min = 100;
  limits.body_timeout = std::chrono::milliseconds(300);
  start();
  Client slow(port);
  const std::string head = "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n\r\n";
  slow.send(head + "abc");
  EXPECT_EQ(slow.answer().status, 408) << "three bytes are not enough for forty milliseconds";
  Client steady(port);
  const auto began = std::chrono::steady_clock::now();
  for (steady.send(head); steady.send(std::string(20, 'x')) && std::chrono::steady_clock::now() - began < std::chrono::seconds(10);) std::this_thread::yield();
  EXPECT_GE(std::chrono::steady_clock::now() - began, limits.body_timeout);
}

TEST_F(ServerTest, a_client_that_reads_slowly_but_at_the_rate_gets_all) {
  limits.write_timeout = std::chrono::milliseconds(40);
  limits.write_rate_min = 1;
  start();
  Client client(port);
  client.send("GET /big/30000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t received = 0;
  for (std::size_t more = 1; more > 0 && received <= 30'000'000U; received += more) more = client.receive_some(300'000, std::chrono::milliseconds(5));
  EXPECT_GT(received, 30'000'000U) << "it took much longer than write_timeout";
}

TEST_F(ServerTest, the_last_request_of_a_connection_closes_it) {
  limits.requests_per_connection_max = 3;
  start();
  Client client(port);
  for (int i = 0; i < 4; ++i) client.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.head.find("Connection: close") != std::string::npos, i == 2);
  }
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(ServerTest, answers_429_past_the_connections_of_one_address) {
  limits.connections_per_address_max = 1;
  start();
  {
    Client first(port);
    first.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(first.answer().status, 200);
    Client second(port);
    const auto answer = second.answer();
    EXPECT_EQ(answer.status, 429);
    EXPECT_THAT(answer.body, HasSubstr(std::string(wire(Code::rate_limited))));
    EXPECT_TRUE(second.is_at_end());
  }
  notes.wait_for_closed(2);
  Client third(port);
  third.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(third.answer().status, 200) << "the place is free again";
}

TEST_F(ServerTest, connections_of_a_trusted_proxy_are_not_counted) {
  limits.connections_per_address_max = 1;
  trusted.push_back(*Network::read("127.0.0.1"));
  start();
  Client first(port), second(port);
  for (auto* client : {&first, &second}) {
    client->send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client->answer().status, 200);
  }
}

TEST_F(ServerTest, answers_503_past_the_connections_limit) {
  limits.connections_max = 2;
  start();
  Client first(port);
  Client second(port);
  for (auto* client : {&first, &second}) {
    client->send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client->answer().status, 200);
  }
  {
    Client third(port);
    third.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = third.answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.head, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_THAT(answer.body, HasSubstr(std::string(wire(Code::overloaded))));
    EXPECT_TRUE(third.is_at_end());
  }
  first.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(first.answer().status, 200);
}

TEST_F(ServerTest, drain_finishes_what_is_in_flight_and_ends_the_rest) {
  start();
  Client idle(port);
  idle.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.answer().status, 200);
  Client busy(port);
  busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  orders.wait_for_waiting(1);
  server->drain();
  EXPECT_TRUE(idle.is_at_end());
  Client late(port);
  EXPECT_FALSE(late.is_connected());
  orders.gate.open();
  const auto answer = busy.answer();
  EXPECT_EQ(answer.body, "later /wait ");
  EXPECT_THAT(answer.head, HasSubstr("Connection: close\r\n"));
  server->wait();
}

TEST_F(ServerTest, drain_ends_stubborn_connections_at_its_limit) {
  limits.drain_timeout = std::chrono::milliseconds(60);
  start();
  Client client(port);
  client.send("GET / HTT");
  Client reader(port);
  reader.send("GET /big/50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  Client other(port);
  other.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(other.answer().status, 200);
  server->drain();
  server->wait();
  EXPECT_EQ(client.answer().status, 0);
}

TEST_F(ServerTest, many_clients_on_many_threads) {
  start(3);
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int c = 0; c < 25; ++c) {
        Client client(port);
        for (int i = 0; i < 4; ++i) {
          const auto query = std::to_string(t) + "." + std::to_string(c) + "." + std::to_string(i);
          client.send("GET /pool?" + query + " HTTP/1.1\r\nHost: a\r\n\r\nGET /now/" + query + " HTTP/1.1\r\nHost: a\r\n\r\n");
          right += client.answer().body == "pool " + query ? 1 : 0;
          right += client.answer().body == "now /now/" + query + " " ? 1 : 0;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 4 * 25 * 8);
}

TEST_F(ServerTest, a_port_is_not_shared_with_another_server) {
  start();
  ServerOptions options{.listeners = {Listener{.port = port}}, .threads = 1};
  const auto second = Server::start(std::move(options), orders, notes);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::listen_failed);
  EXPECT_THAT(std::string(second.error().hint()), HasSubstr("Another process"));
  const auto nowhere = Server::start({.listeners = {Listener{.address = "nowhere"}}}, orders, notes);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code(), Code::listen_failed);
}

}  // namespace
}  // namespace aljibe::io
