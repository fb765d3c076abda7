// Whole, byte by byte and cut at a place that the input chooses: the same replies and the same error, within the bounds.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "redis/reply.h"

namespace {

using aljibe::redis::Parser;
using aljibe::redis::Reply;
using aljibe::redis::ReplyLimits;

constexpr ReplyLimits limits{.bytes_max = 256, .line_bytes_max = 128, .elements_max = 64, .depth_max = 4};

void require(bool truth) {
  if (!truth) std::abort();
}

struct Read {
  std::vector<Reply> replies;
  std::string error;
};

bool feed(Parser& parser, std::string_view bytes, Read& read) {
  while (!bytes.empty()) {
    const auto size = bytes.size();
    const auto outcome = parser.parse(bytes);
    if (outcome == Parser::Outcome::done) read.replies.push_back(parser.take());
    if (outcome == Parser::Outcome::error) read.error = parser.error();
    if (outcome == Parser::Outcome::error) return false;
    require(bytes.size() < size);
  }
  return true;
}

Read read(std::string_view bytes, std::size_t piece) {
  Parser parser(limits);
  Read result;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!feed(parser, bytes.substr(at, piece), result)) break;
  }
  return result;
}

/// Not ==, for which a number that is none differs from itself.
bool is_same(const Reply& left, const Reply& right) {
  const bool is_same_real = left.real == right.real || (std::isnan(left.real) && std::isnan(right.real));
  if (left.kind != right.kind || left.truth != right.truth || left.integer != right.integer || !is_same_real || left.text != right.text) return false;
  if (left.items.size() != right.items.size()) return false;
  for (std::size_t i = 0; i < left.items.size(); ++i) {
    if (!is_same(left.items[i], right.items[i])) return false;
  }
  return true;
}

struct Size {
  std::size_t bytes = 0;
  std::size_t elements = 0;
};

void measure(const Reply& reply, std::size_t depth, Size& size) {
  require(depth <= limits.depth_max);
  size.bytes += reply.text.size();
  ++size.elements;
  if (reply.kind == Reply::Kind::map) require(reply.items.size() % 2 == 0);
  if (depth > 0) require(reply.kind != Reply::Kind::push);
  for (const auto& item : reply.items) measure(item, depth + 1, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, bytes.size() + 1);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{data[0]} + 1}) {
    const auto pieces = read(bytes, piece);
    require(whole.error == pieces.error && whole.replies.size() == pieces.replies.size());
    for (std::size_t i = 0; i < whole.replies.size(); ++i) require(is_same(whole.replies[i], pieces.replies[i]));
  }
  for (const auto& reply : whole.replies) {
    Size measured;
    measure(reply, 0, measured);
    require(measured.bytes <= limits.bytes_max && measured.elements <= limits.elements_max);
  }
  return 0;
}
