#include "redis/reply.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace aljibe::redis {
namespace {

using Kind = Reply::Kind;
using Outcome = Parser::Outcome;

constexpr ReplyLimits small{.bytes_max = 100, .line_bytes_max = 50, .elements_max = 20, .depth_max = 3};

struct Read {
  std::vector<Reply> replies;
  std::string error;
};

/// Everything in `bytes`, given in pieces of this size.
Read read_in_pieces(std::string_view bytes, std::size_t piece, ReplyLimits limits) {
  Parser parser(limits);
  Read read;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto part = bytes.substr(at, piece);
    while (!part.empty()) {
      const auto outcome = parser.parse(part);
      if (outcome == Outcome::done) read.replies.push_back(parser.take());
      if (outcome != Outcome::error) continue;
      read.error = parser.error();
      return read;
    }
  }
  return read;
}

/// Whole and byte by byte, which must be the same.
Read read(std::string_view bytes, ReplyLimits limits = small) {
  const auto whole = read_in_pieces(bytes, bytes.size(), limits);
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
    const auto pieces = read_in_pieces(bytes, piece, limits);
    EXPECT_EQ(whole.replies, pieces.replies) << bytes;
    EXPECT_EQ(whole.error, pieces.error) << bytes;
  }
  return whole;
}

Reply one(std::string_view bytes) {
  auto all = read(bytes);
  EXPECT_EQ(all.error, "") << bytes;
  EXPECT_EQ(all.replies.size(), 1U) << bytes;
  return all.replies.empty() ? Reply{} : all.replies[0];
}

std::string error_of(std::string_view bytes) { return read(bytes).error; }

Reply text(std::string value) { return {.kind = Kind::text, .text = std::move(value)}; }
Reply integer(std::int64_t value) { return {.kind = Kind::integer, .integer = value}; }

TEST(Parser, reads_every_type) {
  EXPECT_EQ(one("+OK\r\n"), text("OK"));
  EXPECT_TRUE(one("+OK\r\n").is_ok());
  EXPECT_EQ(one("+\r\n"), text(""));
  EXPECT_EQ(one("-OOM command not allowed\r\n"), (Reply{.kind = Kind::error, .text = "OOM command not allowed"}));
  EXPECT_EQ(one(":-17\r\n"), integer(-17));
  EXPECT_EQ(one(":+9223372036854775807\r\n"), integer(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(one("$5\r\na\r\nbc\r\n"), text("a\r\nbc"));
  EXPECT_EQ(one("$0\r\n\r\n"), text(""));
  EXPECT_EQ(one("$-1\r\n"), Reply{});
  EXPECT_EQ(one("*-1\r\n"), Reply{});
  EXPECT_EQ(one("_\r\n"), Reply{});
  EXPECT_EQ(one("#t\r\n"), (Reply{.kind = Kind::boolean, .truth = true}));
  EXPECT_EQ(one("#f\r\n"), (Reply{.kind = Kind::boolean, .truth = false}));
  EXPECT_EQ(one(",-1.5e3\r\n"), (Reply{.kind = Kind::real, .real = -1500}));
  EXPECT_EQ(one(",inf\r\n"), (Reply{.kind = Kind::real, .real = std::numeric_limits<double>::infinity()}));
  EXPECT_EQ(one("(-3492890328409238509324850943850943825024385\r\n"), (Reply{.kind = Kind::big_number, .text = "-3492890328409238509324850943850943825024385"}));
  EXPECT_EQ(one("!8\r\nERR a\r\nb\r\n"), (Reply{.kind = Kind::error, .text = "ERR a\r\nb"}));
  EXPECT_EQ(one("=8\r\ntxt:text\r\n"), text("text"));
  EXPECT_EQ(one("*0\r\n"), (Reply{.kind = Kind::array}));
  EXPECT_EQ(one("*2\r\n:1\r\n*1\r\n$1\r\na\r\n"), (Reply{.kind = Kind::array, .items = {integer(1), {.kind = Kind::array, .items = {text("a")}}}}));
  EXPECT_EQ(one("~1\r\n_\r\n"), (Reply{.kind = Kind::set, .items = {Reply{}}}));
  EXPECT_EQ(one("%1\r\n+proto\r\n:3\r\n"), (Reply{.kind = Kind::map, .items = {text("proto"), integer(3)}}));
  EXPECT_EQ(one(">2\r\n+invalidate\r\n*1\r\n+k\r\n"), (Reply{.kind = Kind::push, .items = {text("invalidate"), {.kind = Kind::array, .items = {text("k")}}}}));
}

TEST(Parser, reads_a_not_a_number) {
  Parser parser;
  std::string_view bytes = ",nan\r\n";
  ASSERT_EQ(parser.parse(bytes), Outcome::done);
  EXPECT_TRUE(std::isnan(parser.take().real));
}

TEST(Parser, drops_attributes) {
  EXPECT_EQ(one("|1\r\n+ttl\r\n:3\r\n*2\r\n|1\r\n+x\r\n*1\r\n:9\r\n:1\r\n|0\r\n:2\r\n"), (Reply{.kind = Kind::array, .items = {integer(1), integer(2)}}));
}

TEST(Parser, reads_one_after_another) {
  const auto all = read("+a\r\n$1\r\nb\r\n:1\r\n*1\r\n_\r\n");
  EXPECT_EQ(all.replies, (std::vector<Reply>{text("a"), text("b"), integer(1), {.kind = Kind::array, .items = {Reply{}}}}));
}

TEST(Parser, waits_for_the_rest) {
  const std::string_view whole = "*2\r\n$3\r\nabc\r\n+d\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Parser parser;
    auto bytes = whole.substr(0, size);
    EXPECT_EQ(parser.parse(bytes), Outcome::need_more);
    EXPECT_TRUE(bytes.empty());
  }
}

TEST(Parser, knows_errors_by_their_first_word) {
  EXPECT_TRUE(one("-OOM command not allowed\r\n").is_error("OOM"));
  EXPECT_FALSE(one("-OOMS\r\n").is_error("OOM"));
  EXPECT_FALSE(one("+OOM\r\n").is_error("OOM"));
}

TEST(Parser, refuses_what_is_no_resp3) {
  EXPECT_EQ(error_of("?\r\n"), "an unknown type");
  EXPECT_EQ(error_of("HTTP/1.1 400 Bad Request\r\n"), "an unknown type");
  EXPECT_EQ(error_of("+a\n"), "a line does not end with CR LF");
  EXPECT_EQ(error_of("+a\rb\r\n"), "a line holds a CR");
  EXPECT_EQ(error_of(":\r\n"), "not an integer");
  EXPECT_EQ(error_of(":1x\r\n"), "not an integer");
  EXPECT_EQ(error_of(":+-1\r\n"), "not an integer");
  EXPECT_EQ(error_of(":9223372036854775808\r\n"), "not an integer");
  EXPECT_EQ(error_of(",one\r\n"), "not a number");
  EXPECT_EQ(error_of("#x\r\n"), "a boolean is neither t nor f");
  EXPECT_EQ(error_of("_x\r\n"), "a null with a value");
  EXPECT_EQ(error_of("(12a\r\n"), "not a big number");
  EXPECT_EQ(error_of("$-2\r\n"), "not the length of a string");
  EXPECT_EQ(error_of("$?\r\n"), "not the length of a string");
  EXPECT_EQ(error_of("$18446744073709551616\r\n"), "not the length of a string");
  EXPECT_EQ(error_of("$1\r\nab\r\n"), "a string does not end where it should");
  EXPECT_EQ(error_of("$1\r\na\rb"), "a string does not end where it should");
  EXPECT_EQ(error_of("=3\r\ntxt\r\n"), "a verbatim string without its format");
  EXPECT_EQ(error_of("=4\r\ntext\r\n"), "a verbatim string without its format");
  EXPECT_EQ(error_of("*?\r\n"), "not a number of elements");
  EXPECT_EQ(error_of("*1\r\n>1\r\n_\r\n"), "a push inside a reply");
}

TEST(Parser, holds_its_bounds) {
  EXPECT_EQ(one("$100\r\n" + std::string(100, 'x') + "\r\n").text.size(), 100U);
  EXPECT_EQ(error_of("$101\r\n"), "a reply is too large");
  EXPECT_EQ(error_of("$18446744073709551615\r\n"), "a reply is too large");
  EXPECT_EQ(error_of("*2\r\n$60\r\n" + std::string(60, 'x') + "\r\n$41\r\n"), "a reply is too large");
  EXPECT_EQ(one("+" + std::string(50, 'x') + "\r\n").text.size(), 50U);
  EXPECT_EQ(error_of("+" + std::string(60, 'x')), "a line is too long");
  EXPECT_EQ(error_of(":" + std::string(60, '1')), "a line is too long");
  EXPECT_EQ(one("*1\r\n*1\r\n*1\r\n_\r\n").items.size(), 1U);
  EXPECT_EQ(error_of("*1\r\n*1\r\n*1\r\n*1\r\n_\r\n"), "a reply is nested too deeply");
  EXPECT_EQ(error_of("*21\r\n"), "too many elements");
  EXPECT_EQ(error_of("%11\r\n"), "too many elements");
  EXPECT_EQ(error_of("*18446744073709551615\r\n"), "too many elements");
  std::string many = "*20\r\n";
  for (int i = 0; i < 20; ++i) many += "_\r\n";
  EXPECT_EQ(error_of(many), "too many elements") << "the array is one itself";
  std::string attributes;
  for (int i = 0; i < 21; ++i) attributes += "|0\r\n";
  EXPECT_EQ(error_of(attributes), "too many elements");
}

TEST(Parser, counts_anew_for_each_reply) {
  std::string many;
  for (int i = 0; i < 50; ++i) many += "$50\r\n" + std::string(50, 'x') + "\r\n";
  EXPECT_EQ(read(many).replies.size(), 50U);
}

TEST(Parser, stays_broken) {
  Parser parser;
  std::string_view bytes = "?";
  EXPECT_EQ(parser.parse(bytes), Outcome::error);
  bytes = "+OK\r\n";
  EXPECT_EQ(parser.parse(bytes), Outcome::error);
}

}  // namespace
}  // namespace aljibe::redis
