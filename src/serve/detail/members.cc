#include "serve/detail/members.h"

#include <algorithm>

#include "auth/json.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/negotiate.h"

namespace aljibe::serve::detail {
namespace {

std::string decoded(std::string text) {
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text, BrokenEscape::kept).value_or("");
}

}  // namespace

Members Members::of_form(std::string_view text) {
  Members members;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    members.texts_.try_emplace(decoded(std::string(pair.substr(0, equals))), decoded(std::string(pair.substr(std::min(equals + 1, pair.size())))));
  }
  return members;
}

Result<Members> Members::read(const http::Request& request) {
  if (request.body.size() > sign_in_body_bytes_max) return fail(Code::http_body_too_large);
  if (request.body.empty()) return Members();
  const auto type = http::media_type(request.find("content-type").value_or(""));
  if (equal_ignoring_case(type, "application/x-www-form-urlencoded")) return of_form(request.body);
  // A page of another site can send other types without asking first.
  if (!equal_ignoring_case(type, "application/json")) return fail(Code::body_type_unsupported, "The body must be application/json");
  const auto json = auth::Json::parse_object(request.body, sign_in_body_bytes_max);
  if (!json) return fail(Code::body_invalid, "The body must be a JSON object with each name once");
  Members members;
  for (const auto& [name, value] : json->members()) {
    if (const auto text = value.text()) members.texts_.emplace(name, *text);
  }
  return members;
}

std::string Members::text(std::string_view name) const {
  const auto found = texts_.find(name);
  return found == texts_.end() ? std::string() : found->second;
}

}  // namespace aljibe::serve::detail
