// Three ways to the answer: whole, byte by byte, and Boost.Beast's parser. The first two must be equal. Where Beast and ours
// both accept, they must have understood the same; what ours accepts and Beast refuses must be one of the cases below.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/parse.h"

namespace {

namespace beast = boost::beast::http;
using aljibe::Limits;
using aljibe::http::Parser;
using aljibe::http::Request;
using Outcome = Parser::Outcome;

const Limits limits{.target_bytes_max = 512, .head_bytes_max = 2048, .headers_max = 16, .body_bytes_max = 1024};

void require(bool truth) {
  if (!truth) std::abort();
}

struct Parsed {
  Outcome outcome = Outcome::need_more;
  std::string bytes;
  Request request;
  Parser parser{limits};
};

void parse_slowly(const std::string& text, Parsed& parsed) {
  std::string grown;
  for (const char letter : text) {
    grown.push_back(letter);
    parsed.bytes = grown;
    parsed.outcome = parsed.parser.parse(parsed.bytes, parsed.request);
    grown = parsed.bytes;
    if (parsed.outcome != Outcome::need_more) return;
  }
}

void require_same(const Parsed& left, const Parsed& right) {
  require(left.outcome == right.outcome);
  if (left.outcome == Outcome::error) require(left.parser.error() == right.parser.error());
  if (left.outcome != Outcome::done) return;
  require(left.parser.consumed() == right.parser.consumed());
  require(left.request.target == right.request.target && left.request.body == right.request.body);
  require(left.request.path == right.request.path && left.request.host == right.request.host);
  require(left.request.fields.size() == right.request.fields.size());
  for (std::size_t i = 0; i < left.request.fields.size(); ++i) {
    require(left.request.fields[i].name == right.request.fields[i].name);
    require(left.request.fields[i].value == right.request.fields[i].value);
  }
}

/// Beast refuses versions it does not know and grammar inside values that are only skipped here: neither moves the end of
/// the request.
bool is_explained(const boost::system::error_code& error, const Request& request) {
  return request.minor_version > 1 || error == beast::error::bad_value ||
         error == beast::error::bad_transfer_encoding || error == beast::error::bad_content_length;
}

/// Keep-alive and close: Beast keeps the connection of HTTP/1.0 then, RFC 9112 §9.3 and ours close it.
bool is_told_both(const beast::request<beast::string_body>& message) {
  bool is_kept = false, is_closed = false;
  const auto [begin, end] = message.equal_range(beast::field::connection);
  for (auto field = begin; field != end; ++field) {
    is_kept |= beast::token_list(field->value()).exists("keep-alive");
    is_closed |= beast::token_list(field->value()).exists("close");
  }
  return is_kept && is_closed;
}

void compare_with_beast(std::string text, const Parsed& ours) {
  if (text.starts_with("\r\n")) return;  // the empty line that is forgiven here
  beast::request_parser<beast::string_body> theirs;
  theirs.eager(true);
  theirs.header_limit(1 << 20);
  theirs.body_limit(1 << 20);
  boost::system::error_code error;
  const auto consumed = theirs.put(boost::asio::buffer(text), error);
  if (error && error != beast::error::need_more) return require(is_explained(error, ours.request));
  if (!theirs.is_done()) return require(false);
  const auto& message = theirs.get();
  require(consumed == ours.parser.consumed());
  require(message.method_string() == ours.request.method_text);
  require(message.target().ends_with(ours.request.target));
  require(message.version() == 10U + static_cast<unsigned>(ours.request.minor_version));
  require(message.body() == ours.request.body);
  // Beast lets a trailer say "Connection: close"; trailers are dropped here.
  if (!theirs.chunked()) require(theirs.keep_alive() == ours.request.keep_alive || is_told_both(message));
  for (const auto& field : ours.request.fields) require(message.count(field.name) > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Parsed whole;
  whole.bytes = text;
  whole.outcome = whole.parser.parse(whole.bytes, whole.request);
  if (size == 0) return 0;
  if (size <= 4096) {
    Parsed slow;
    parse_slowly(text, slow);
    require_same(whole, slow);
  }
  if (whole.outcome == Outcome::done) compare_with_beast(text, whole);
  return 0;
}
