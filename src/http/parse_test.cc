#include "http/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace aljibe::http {
namespace {

using Outcome = Parser::Outcome;

/// What a parse came to, with views copied, so that two ways of feeding can be compared.
struct Seen {
  Outcome outcome = Outcome::need_more;
  Code error{};
  std::string method, target, path, query, host, body;
  std::vector<std::pair<std::string, std::string>> fields;
  int minor_version = 0;
  bool keep_alive = false;
  std::size_t consumed = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen describe(Outcome outcome, const Parser& parser, const Request& request) {
  Seen seen{.outcome = outcome};
  if (outcome == Outcome::error) seen.error = parser.error();
  if (outcome != Outcome::done) return seen;
  seen.method = request.method_text;
  seen.target = request.target;
  seen.path = request.path;
  seen.query = request.query;
  seen.host = request.host;
  seen.body = request.body;
  for (const auto& field : request.fields) seen.fields.emplace_back(field.name, field.value);
  seen.minor_version = request.minor_version;
  seen.keep_alive = request.keep_alive;
  seen.consumed = parser.consumed();
  return seen;
}

Seen feed_whole(std::string bytes, const Limits& limits = {}) {
  Parser parser(limits);
  Request request;
  const auto outcome = parser.parse(bytes, request);
  return describe(outcome, parser, request);
}

/// Byte by byte, in a new allocation each time, so that a view into the old one is found by the sanitizer.
Seen feed_slowly(const std::string& text, const Limits& limits = {}) {
  Parser parser(limits);
  Request request;
  auto bytes = std::make_unique<std::vector<char>>();
  for (const char letter : text) {
    auto grown = std::make_unique<std::vector<char>>(*bytes);
    grown->push_back(letter);
    bytes = std::move(grown);
    if (const auto outcome = parser.parse(*bytes, request); outcome != Outcome::need_more) return describe(outcome, parser, request);
  }
  return {};
}

Seen feed(const std::string& text, const Limits& limits = {}) {
  auto whole = feed_whole(text, limits);
  EXPECT_EQ(whole, feed_slowly(text, limits)) << text;
  return whole;
}

Code refused(const std::string& text, const Limits& limits = {}) {
  const auto seen = feed(text, limits);
  EXPECT_EQ(seen.outcome, Outcome::error) << text;
  return seen.error;
}

TEST(Parser, reads_line_fields_and_body) {
  const auto seen = feed("POST /a/b?x=1&y=%20 HTTP/1.1\r\nHost: shop:80\r\nContent-Length: 5\r\nX-Text: \t a\tb \xc3\xb1 \t\r\nEmpty:\r\n\r\nhello");
  ASSERT_EQ(seen.outcome, Outcome::done);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/a/b?x=1&y=%20");
  EXPECT_EQ(seen.path, "/a/b");
  EXPECT_EQ(seen.query, "x=1&y=%20");
  EXPECT_EQ(seen.host, "shop:80");
  EXPECT_EQ(seen.body, "hello");
  EXPECT_EQ(seen.fields.at(2), std::pair(std::string("X-Text"), std::string("a\tb \xc3\xb1")));
  EXPECT_EQ(seen.fields.at(3).second, "");
  EXPECT_TRUE(seen.keep_alive);
}

TEST(Parser, stops_where_the_next_request_begins) {
  const std::string one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string bytes = one + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  const Limits limits;
  Parser parser(limits);
  Request request;
  ASSERT_EQ(parser.parse(bytes, request), Outcome::done);
  ASSERT_EQ(parser.consumed(), one.size());
  parser.next();
  ASSERT_EQ(parser.parse(std::span(bytes).subspan(one.size()), request), Outcome::done);
  EXPECT_EQ(request.path, "/2");
}

TEST(Parser, targets_come_in_three_forms) {
  auto seen = feed("GET http://Shop.example:8080/a?b HTTP/1.1\r\nHost: shop.EXAMPLE:8080\r\n\r\n");
  EXPECT_EQ(seen.target, "/a?b");
  EXPECT_EQ(seen.host, "shop.EXAMPLE:8080");
  for (const auto* host : {"other", "shop", "", "shop.example:80"}) {
    EXPECT_EQ(refused("GET http://shop.example/a HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), Code::http_malformed) << host;
  }
  seen = feed("GET https://shop HTTP/1.1\r\nHost: shop\r\n\r\n");
  EXPECT_EQ(seen.path, "/");
  seen = feed("GET http://shop?b HTTP/1.1\r\nHost: shop\r\n\r\n");
  EXPECT_EQ(seen.path, "/");
  EXPECT_EQ(seen.query, "b");
  seen = feed("OPTIONS * HTTP/1.1\r\nHost: shop\r\n\r\n");
  EXPECT_EQ(seen.path, "*");
  EXPECT_EQ(refused("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_not_supported);
  for (const auto* target : {"a", "http://", "http:///x", "http://a@b/x", "/a#b", "/a b", "/\x01", "/\x7f", "ftp://a/"}) {
    EXPECT_EQ(refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_malformed) << target;
  }
  EXPECT_EQ(feed("GET /a?select=x->>y&\xc3\xb1=\"{} HTTP/1.1\r\nHost: a\r\n\r\n").query, "select=x->>y&\xc3\xb1=\"{}");
}

TEST(Parser, knows_when_the_connection_stays) {
  const auto keeps = [](const std::string& version, const std::string& fields) {
    return feed("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n").keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: foo, CLOSE\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_EQ(feed("GET / HTTP/1.0\r\n\r\n").outcome, Outcome::done);
  EXPECT_EQ(refused("GET / HTTP/2.0\r\n\r\n"), Code::http_version_unsupported);
  EXPECT_EQ(refused("GET / HTTP/1.2\r\n\r\n"), Code::http_version_unsupported);
  EXPECT_EQ(refused("GET / HTTP/1.9\r\n\r\n"), Code::http_version_unsupported);
  EXPECT_EQ(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Code::http_version_unsupported);
  EXPECT_EQ(refused("GET / HTTP/0.9\r\n\r\n"), Code::http_version_unsupported);
}

TEST(Parser, refuses_what_could_hide_a_request) {
  const auto with = [](const std::string& lines) { return refused("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"); };
  EXPECT_EQ(with("Content-Length: 1\r\nContent-Length: 1\r\n"), Code::http_malformed);
  EXPECT_EQ(with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), Code::http_malformed);
  EXPECT_EQ(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), Code::http_malformed);
  EXPECT_EQ(with("Transfer-Encoding: gzip, chunked\r\n"), Code::http_not_supported);
  EXPECT_EQ(with("Transfer-Encoding: xchunked\r\n"), Code::http_not_supported);
  for (const auto* length : {"", "+1", "-1", "1,1", "0x1", "1 1", "1_", "\xd9\xa1"}) {
    EXPECT_EQ(with("Content-Length: " + std::string(length) + "\r\n"), Code::http_malformed) << length;
  }
  EXPECT_EQ(with("Content-Length: 99999999999999999999\r\n"), Code::http_body_too_large);
  EXPECT_EQ(with("Content-Length : 1\r\n"), Code::http_malformed);
  EXPECT_EQ(with("A: b\r\n c\r\n"), Code::http_malformed);
  EXPECT_EQ(with("A: b\r\n\tc\r\n"), Code::http_malformed);
  EXPECT_EQ(with("A: b\nC: d\r\n"), Code::http_malformed);
  EXPECT_EQ(with("A: b\rC: d\r\n"), Code::http_malformed);
  EXPECT_EQ(with("A: b\x01\r\n"), Code::http_malformed);
  EXPECT_EQ(with(std::string("A: b\0c\r\n", 8)), Code::http_malformed);
  EXPECT_EQ(with("\xc3\xb1: b\r\n"), Code::http_malformed);
  EXPECT_EQ(with(": b\r\n"), Code::http_malformed);
  EXPECT_EQ(with("no colon\r\n"), Code::http_malformed);
  EXPECT_EQ(with("Host: b\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), Code::http_malformed);
  for (const auto* line : {"GET  / HTTP/1.1", "GET /", "GET / HTTP/1.1 ", "GET / http/1.1", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "G@T / HTTP/1.1", "GET / HTTP/1.10"}) {
    EXPECT_EQ(refused(std::string(line) + "\r\nHost: a\r\n\r\n"), Code::http_malformed) << line;
  }
  EXPECT_EQ(refused("GET / HTTP/1.1\nHost: a\n\n"), Code::http_malformed);
  EXPECT_EQ(refused("\x16\x03\x01\x02"), Code::http_malformed) << "a TLS hello on the plain port is refused at its first byte";
}

TEST(Parser, takes_no_empty_line_for_the_begin_of_a_request) {
  EXPECT_EQ(refused("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_malformed);
  EXPECT_EQ(refused("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Code::http_malformed);
}

TEST(Parser, knows_what_a_host_is_called) {
  const auto with = [](const std::string& host) { return feed("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"); };
  for (const auto* host : {"", "a", "a.example:8080", "192.0.2.7", "[2001:db8::1]", "[::1]:80", "[::ffff:192.0.2.7]:1", "xn--tda.example", "a_b"}) EXPECT_EQ(with(host).outcome, Outcome::done) << host;
  for (const auto* host : {"a:", "a:b", "a:1:2", ":80", "[::1", "::1", "[]", "[g::1]", "[::1]x", "[::1]:", "a/b", "a@b", "a b", "a,b", "a#", "\xc3\xb1", "a:123456"}) {
    EXPECT_EQ(with(host).error, Code::http_malformed) << host;
  }
}

TEST(Parser, expects_100_continue_or_nothing) {
  const auto with = [](const std::string& value) { return refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: " + value + "\r\n\r\n"); };
  for (const auto* value : {"", "200-ok", "100-continue, 100-continue", "100-continue;x", "100-continuee"}) EXPECT_EQ(with(value), Code::http_expectation) << value;
}

TEST(Parser, decodes_chunks_in_place) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n";
  auto seen = feed(head + "3\r\nabc\r\n00a;name=\"v\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n");
  EXPECT_EQ(seen.outcome, Outcome::done);
  EXPECT_EQ(seen.body, "abc0123456789");
  seen = feed(head + "1 ; a;b = c\t;d=\"\\\"; x\" ;e=\"\"\r\nx\r\n0\r\n\r\n");
  EXPECT_EQ(seen.body, "x");
  seen = feed(head + "0\r\n\r\n");
  EXPECT_EQ(seen.body, "");
  for (const auto* chunks : {"\r\n", "g\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "0x1\r\na\r\n", "1\r\nab\r\n0\r\n\r\n", "1\na\r\n", "1\r\na\n", "-1\r\n",
                             "1;\r\na\r\n", "1;a=\r\na\r\n", "1;a=\"\r\na\r\n", "1;a=\"b\\\"\r\na\r\n", "1;a b\r\na\r\n", "1;a=b c\r\na\r\n", "1;a=\"b\"c\r\na\r\n", "1; \r\na\r\n",
                             "1\r\na\rx", "0\r\nbad trailer\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n", "0\r\nX: 1\r\ntransfer-encoding: chunked\r\n\r\n", "0\r\nHost: b\r\n\r\n", "0\r\nAuthorization: x\r\n\r\n",
                             "0\r\n x: y\r\n\r\n", "0000000000000001\r\na\r\n0\r\n\r\n"}) {
    EXPECT_EQ(refused(head + chunks), Code::http_malformed) << chunks;
  }
  EXPECT_EQ(refused(head + "ffffffff\r\n"), Code::http_body_too_large);
  EXPECT_EQ(refused(head + "fffffffffffffff\r\n"), Code::http_body_too_large);
}

TEST(Parser, keeps_every_limit) {
  Limits limits;
  limits.target_bytes_max = 100;
  limits.head_bytes_max = 1'000;
  limits.headers_max = 5;
  limits.field_bytes_max = 200;
  limits.body_bytes_max = 50;
  const std::string line = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(feed("GET /" + std::string(99, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", limits).outcome, Outcome::done);
  EXPECT_EQ(refused("GET /" + std::string(100, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", limits), Code::http_uri_too_long);
  EXPECT_EQ(refused("GET /" + std::string(5'000, 'x'), limits), Code::http_uri_too_long);
  EXPECT_EQ(refused(line + "A: " + std::string(1'000, 'x') + "\r\n\r\n", limits), Code::http_headers_too_large);
  EXPECT_EQ(refused(line + "A: " + std::string(5'000, 'x'), limits), Code::http_headers_too_large);
  EXPECT_EQ(refused(line + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n\r\n", limits), Code::http_headers_too_large);
  EXPECT_EQ(feed(line + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n\r\n", limits).outcome, Outcome::done);
  EXPECT_EQ(feed(line + "A: " + std::string(197, 'x') + "\r\n\r\n", limits).outcome, Outcome::done);
  EXPECT_EQ(refused(line + "A: " + std::string(198, 'x') + "\r\n\r\n", limits), Code::http_headers_too_large);
  EXPECT_EQ(refused(line + "Content-Length: 51\r\n\r\n", limits), Code::http_body_too_large);
  EXPECT_EQ(feed(line + "Content-Length: 50\r\n\r\n" + std::string(50, 'b'), limits).body.size(), 50U);
  std::string chunks;
  for (int i = 0; i < 26; ++i) chunks += "1\r\na\r\n";
  EXPECT_EQ(refused(line + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n", limits), Code::http_body_too_large)
      << "the framing of tiny chunks counts";
  EXPECT_EQ(refused(line + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(9'000, 'x'), limits), Code::http_headers_too_large);
}

TEST(Parser, says_when_the_client_waits_for_100) {
  const Limits limits;
  Parser parser(limits);
  Request request;
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(parser.parse(bytes, request), Outcome::need_more);
  EXPECT_TRUE(parser.is_in_body());
  EXPECT_TRUE(parser.waits_for_continue());
  parser.continued();
  EXPECT_FALSE(parser.waits_for_continue());
  bytes += "ok";
  EXPECT_EQ(parser.parse(bytes, request), Outcome::done);
  EXPECT_EQ(request.body, "ok");
}

TEST(Parser, work_on_a_trickling_head_is_bounded_by_its_lines) {
  // A head of 90 KB that comes byte by byte: parsing it anew for each byte would be four thousand million steps.
  const std::string line = "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(90'000, 'x') + "\r\n\r\n";
  const Limits limits{.field_bytes_max = 95'000};
  Parser parser(limits);
  Request request;
  std::string bytes = line;
  Outcome outcome = Outcome::need_more;
  for (std::size_t size = 1; size <= bytes.size(); ++size) outcome = parser.parse(std::span(bytes).first(size), request);
  EXPECT_EQ(outcome, Outcome::done);
}

TEST(Request, finds_fields_without_case_and_joins_lists) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nprefer: count=exact\r\nPREFER: handling=strict\r\n\r\n";
  const Limits limits;
  Parser parser(limits);
  Request request;
  ASSERT_EQ(parser.parse(bytes, request), Outcome::done);
  EXPECT_EQ(request.find("Prefer"), "count=exact");
  EXPECT_EQ(request.find_all("Prefer"), "count=exact, handling=strict");
  EXPECT_EQ(request.find("Range"), std::nullopt);
  EXPECT_EQ(request.find_all("Range"), std::nullopt);
}

}  // namespace
}  // namespace aljibe::http
