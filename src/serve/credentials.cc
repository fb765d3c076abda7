#include "serve/credentials.h"

#include <algorithm>

#include "base/text.h"

namespace aljibe::serve {
namespace {

std::unexpected<Error> refused(std::string why) { return fail(Code::token_invalid, std::move(why), "", "Send Authorization: Bearer TOKEN, once."); }

/// RFC 6750: what a token is made of.
bool is_token_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || std::string_view("-._~+/=").contains(letter);
}

std::size_t count(const http::Request& request, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(request.fields, [name](const http::Field& field) { return equal_ignoring_case(field.name, name); }));
}

}  // namespace

Result<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.size() <= scheme.size() || !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return refused("Authorization is not of the form Bearer TOKEN");
  const auto token = authorization.substr(scheme.size());
  if (!std::ranges::all_of(token, is_token_letter)) return refused("The token has a character that no token has");
  return token;
}

Result<std::optional<std::string_view>> token_of(const http::Request& request) {
  if (count(request, "authorization") > 1 || count(request, "apikey") > 1) return refused("There are several tokens");
  if (const auto authorization = request.find("authorization")) return std::optional(ALJ_TRY(bearer_token(*authorization)));
  return request.find("apikey");
}

}  // namespace aljibe::serve
