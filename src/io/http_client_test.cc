#include "io/http_client.h"

#include <gtest/gtest.h>

#include <future>

#include "io/testing/http_stub.h"

namespace aljibe::io {
namespace {

using testing::HttpStub;

TEST(HttpClient, GetsABodyAndHeaders) {
  const HttpStub stub([](const std::string& request) { return HttpStub::ok(request.substr(0, request.find('\r')), "Cache-Control: public, max-age=19723, must-revalidate\r\n"); });
  const auto reply = http_call({.url = stub.url("/keys?x=1")});
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "GET /keys?x=1 HTTP/1.1");
  EXPECT_EQ(reply->max_age(), std::chrono::seconds(19'723));
  EXPECT_EQ(reply->header("connection"), "close");
}

TEST(HttpClient, PostsAForm) {
  const HttpStub stub([](const std::string& request) { return HttpStub::ok(request.substr(request.find("\r\n\r\n") + 4) + (request.contains("Content-Type: application/x-www-form-urlencoded\r\n") ? "!" : "?")); });
  const auto reply = http_call({.method = HttpCall::Method::post, .url = stub.url("/"), .body = form_body({{"grant_type", "refresh_token"}, {"refresh_token", "a b&c=é"}}), .content_type = "application/x-www-form-urlencoded"});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "grant_type=refresh_token&refresh_token=a%20b%26c%3D%C3%A9!");
}

TEST(HttpClient, NeverFollowsARedirect) {
  const HttpStub elsewhere([](const std::string&) { return HttpStub::ok("caught"); });
  const HttpStub stub([&](const std::string&) { return "HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url("/") + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; });
  const auto reply = http_call({.url = stub.url("/")});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(elsewhere.requests(), 0U);
}

TEST(HttpClient, BoundsTheReply) {
  const HttpStub stub([](const std::string&) { return HttpStub::ok(std::string(2'000, 'x')); });
  EXPECT_EQ(http_call({.url = stub.url("/"), .body_bytes_max = 1'999}).error().code(), Code::server_unreachable);
  EXPECT_TRUE(http_call({.url = stub.url("/"), .body_bytes_max = 2'000}));
}

TEST(HttpClient, DoesNotWaitForever) {
  std::promise<void> enough;
  const auto until = enough.get_future().share();
  const HttpStub stub([until](const std::string&) {
    until.wait();
    return std::string();
  });
  EXPECT_EQ(http_call({.url = stub.url("/"), .timeout = std::chrono::milliseconds(50)}).error().code(), Code::server_unreachable);
  enough.set_value();
}

TEST(HttpClient, SpeaksPlainHttpToThisMachineOnly) {
  for (const auto* const url : {"http://example.org/", "http://127.0.0.1.example.org/", "http://localhost@example.org/", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "", "https://", "http://169.254.169.254/"}) {
    EXPECT_FALSE(is_safe_url(url)) << url;
    const auto reply = http_call({.url = url});
    ASSERT_FALSE(reply) << url;
    EXPECT_EQ(reply.error().code(), Code::config_value_invalid) << url;
  }
  for (const auto* const url : {"https://example.org/x", "http://127.0.0.1:9/", "http://localhost/", "http://[::1]:8/"}) EXPECT_TRUE(is_safe_url(url)) << url;
}

TEST(HttpClient, ReadsMaxAgeStrictly) {
  const auto max_age = [](const std::string& value) { return HttpReply{.status = 200, .body = {}, .headers = {{"cache-control", value}}}.max_age(); };
  EXPECT_EQ(max_age("max-age=5"), std::chrono::seconds(5));
  EXPECT_EQ(max_age("no-transform,Max-Age=7"), std::chrono::seconds(7));
  for (const auto* const value : {"", "no-store", "s-maxage=9", "x-max-age=9", "max-age=", "max-age=x", "max-age=99999999999999999999"}) EXPECT_EQ(max_age(value), std::nullopt) << value;
}

TEST(Mail, RefusesAddressesThatCarryMore) {
  const Mail good{.url = "smtp://127.0.0.1:1", .user = {}, .password = {}, .from = "a@example.org", .to = "b@example.org", .text = "Subject: x\n\ny"};
  EXPECT_EQ(send_mail(good).error().code(), Code::server_unreachable);
  for (const std::string to : {"b@example.org\r\nDATA", "<b@example.org>", "", "b c@example.org"}) {
    auto mail = good;
    mail.to = to;
    EXPECT_EQ(send_mail(mail).error().code(), Code::config_value_invalid) << to;
  }
}

}  // namespace
}  // namespace aljibe::io
