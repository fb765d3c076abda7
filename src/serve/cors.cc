#include "serve/cors.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/text.h"

namespace aljibe::serve {
namespace {

constexpr std::string_view exposed =
    "Access-Control-Expose-Headers: Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, "
    "Transfer-Encoding, Range-Unit, ETag, Age, Link, Cache-Status, Server-Timing, Preference-Applied, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, Proxy-Status, Idempotency-Replayed\r\n";

}  // namespace

Cors::Cors(std::vector<std::string> origins)
    : origins_(std::move(origins)), allows_all_(std::ranges::find(origins_, "*") != origins_.end()) {}

bool Cors::allows(std::string_view origin) const {
  return allows_all_ || std::ranges::find(origins_, origin) != origins_.end();
}

void Cors::append_fields(std::string& fields, std::string_view origin) const {
  // Also where no page asks: a cache must not give this answer to one that does.
  if (!allows_all_) fields += "Vary: Origin\r\n";
  if (origin.empty()) return;
  if (!allows(origin)) return;
  fields += "Access-Control-Allow-Origin: ";
  fields += allows_all_ ? "*" : origin;
  fields += "\r\n";
  fields += exposed;
}

http::Response Cors::options(const http::Request& request, const std::string& methods) const {
  std::string fields = "Allow: " + methods + "\r\nVary: Access-Control-Request-Headers\r\n";
  const auto origin = request.find("origin").value_or("");
  if (request.find("access-control-request-method") && allows(origin)) {
    fields += "Access-Control-Allow-Methods: GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD\r\n";
    fields += "Access-Control-Allow-Headers: Authorization";
    for (const auto name : std::views::split(request.find("access-control-request-headers").value_or(""), ',')) {
      if (const auto word = trim(std::string_view(name)); !word.empty() && !equal_ignoring_case(word, "authorization")) fields.append(", ").append(word);
    }
    fields += ", Accept, Accept-Language, Content-Language\r\n";
    fields += "Access-Control-Max-Age: 86400\r\n";
  }
  return {.prepared = http::prepare(200, std::move(fields), {})};
}

}  // namespace aljibe::serve
