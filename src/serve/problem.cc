#include "serve/problem.h"

#include <string>
#include <utility>

#include "http/refusal.h"
#include "serve/cors.h"
#include "serve/detail/json_text.h"
#include "serve/route.h"

namespace aljibe::serve {
namespace {

http::Response problem(const Error& error) {
  const auto status = http_status(error.code());
  detail::JsonText json;
  json.open('{').member("type", "about:blank").member("title", http::reason(status)).key("status").number(status);
  json.member("detail", error.message()).member("code", wire(error.code()));
  if (!error.hint().empty()) json.member("hint", error.hint());
  json.close('}');
  std::string fields = "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n";
  if (is_retryable(error.code())) fields += "Retry-After: 1\r\n";
  return {.prepared = http::prepare(status, std::move(fields), json.take())};
}

}  // namespace

http::Response refuse(const Error& error, std::string_view path) {
  auto response = is_data_path(path) ? http::refusal(error) : problem(error);
  response.own_fields += "Proxy-Status: aljibe; error=" + std::string(wire(error.code())) + "\r\n";
  if (http_status(error.code()) == 405) response.own_fields += "Allow: " + std::string(allowed_methods) + "\r\n";
  if (http_status(error.code()) == 401) response.own_fields += "WWW-Authenticate: Bearer\r\n";
  return response;
}

}  // namespace aljibe::serve
