#include "serve/problem.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "http/refusal.h"
#include "serve/cors.h"
#include "serve/detail/json_text.h"
#include "serve/route.h"

namespace aljibe::serve {
namespace {

constexpr std::string_view told_before = "Proxy-Status: aljibe; error=";

/// RFC 6750 §3: what is wrong with a token, where there was one.
std::string challenge(const Error& error) {
  const bool has_token = error.code() == Code::token_invalid || error.code() == Code::token_expired;
  return has_token ? "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=" + quoted(error.message()) + "\r\n" : "WWW-Authenticate: Bearer\r\n";
}

/// With what every refusal says beside its body.
http::Response completed(http::Response response, const Error& error) {
  response.own_fields.append(told_before).append(wire(error.code())).append("\r\n");
  if (http_status(error.code()) == 405) response.own_fields += "Allow: " + std::string(allowed_methods) + "\r\n";
  if (http_status(error.code()) == 401) response.own_fields += challenge(error);
  return response;
}

}  // namespace

std::string_view code_of(const http::Response& response) {
  const std::string_view fields = response.own_fields;
  const auto at = fields.find(told_before);
  if (at == std::string_view::npos) return {};
  const auto code = fields.substr(at + told_before.size());
  return code.substr(0, code.find('\r'));
}

http::Response refuse(const Error& error, std::string_view path) { return is_data_path(path) ? completed(http::refusal(error), error) : problem(error); }

http::Response problem(const Error& error, std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  const auto status = http_status(error.code());
  detail::JsonText json;
  json.open('{').member("type", "about:blank").member("title", http::reason(status)).key("status").number(status);
  json.member("detail", error.message()).member("code", wire(error.code()));
  if (!error.hint().empty()) json.member("hint", error.hint());
  for (const auto& [name, value] : members) json.member(name, value);
  json.close('}');
  std::string fields = "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n";
  if (is_retryable(error.code())) http::append_field(fields, "Retry-After", std::to_string(error.retry_after().count()));
  return completed({.prepared = http::prepare(status, std::move(fields), json.take())}, error);
}

}  // namespace aljibe::serve
