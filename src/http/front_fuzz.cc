// A connection's bytes: several requests behind each other, in pieces as a network brings them. However they are cut, the same requests must
// be seen, and nothing behind the first refusal: a request that depends on where a packet ended is one that can be smuggled.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "http/parse.h"

namespace {

using aljibe::Code;
using aljibe::Limits;
using aljibe::http::Parser;
using aljibe::http::Request;

const Limits limits{.target_bytes_max = 512, .head_bytes_max = 2048, .headers_max = 16, .field_bytes_max = 256, .body_bytes_max = 1024};

void require(bool truth) {
  if (!truth) std::abort();
}

struct Seen {
  std::vector<std::string> requests;
  bool is_refused = false;
  Code error{};
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::string describe(const Request& request) {
  std::string text(request.method_text);
  for (const auto part : {request.target, request.path, request.query, request.host, request.body}) text.append("\n").append(part);
  for (const auto& field : request.fields) text.append("\n").append(field.name).append(":").append(field.value);
  return text + (request.keep_alive ? "\nkept" : "\nclosed") + std::to_string(request.minor_version);
}

/// As io does it: parse, take the request away, the next one; more bytes when there are not enough.
Seen converse(const std::string& bytes, const std::string& cuts) {
  Parser parser(limits);
  Request request;
  Seen seen;
  std::size_t sent = 0, cut = 0;
  auto inbox = std::make_unique<std::vector<char>>();
  for (;;) {
    const auto outcome = inbox->empty() ? Parser::Outcome::need_more : parser.parse(*inbox, request);
    if (outcome == Parser::Outcome::done) {
      require(parser.consumed() > 0 && parser.consumed() <= inbox->size());
      seen.requests.push_back(describe(request));
      inbox->erase(inbox->begin(), inbox->begin() + static_cast<std::ptrdiff_t>(parser.consumed()));
      parser.next();
      if (!request.keep_alive) return seen;
    } else if (outcome == Parser::Outcome::error) {
      seen.is_refused = true;
      seen.error = parser.error();
      return seen;
    } else {
      if (sent == bytes.size()) return seen;
      const std::size_t size = cuts.empty() ? bytes.size() : 1 + static_cast<unsigned char>(cuts[cut++ % cuts.size()]);
      const auto piece = bytes.substr(sent, size);
      sent += piece.size();
      // In a new allocation, so that a view into the old one is found by the sanitizer.
      auto grown = std::make_unique<std::vector<char>>(*inbox);
      grown->insert(grown->end(), piece.begin(), piece.end());
      inbox = std::move(grown);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4 || size > 16'384) return 0;
  const std::string cuts(reinterpret_cast<const char*>(data), 4);
  const std::string bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  const auto whole = converse(bytes, {});
  require(converse(bytes, cuts) == whole);
  if (size < 2'048) require(converse(bytes, std::string(1, '\0')) == whole);
  return 0;
}
