#include "auth/access_token.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "auth/claims.h"
#include "auth/secret.h"
#include "format/json_out.h"

namespace aljibe::auth {
namespace {

/// RFC 7519 §4.1, RFC 9068 §2.2, OpenID Connect Core §2, Firebase's, and ours.
constexpr auto reserved = std::to_array<std::string_view>(
    {"acr", "amr", "at_hash", "aud", "auth_time", "azp", "c_hash", "client_id", "cnf", "email", "email_verified", "exp", "firebase", "iat", "iss", "jti", "nbf", "nonce",
     "rev", "role", "scope", "session_id", "sub", "typ", "user_id"});

bool is_reserved(std::string_view name) { return std::ranges::find(reserved, name) != reserved.end(); }

class Payload {
 public:
  Payload& text(std::string_view name, std::string_view value) {
    format::append_json_text(key(name), value);
    return *this;
  }
  Payload& number(std::string_view name, std::int64_t value) {
    format::append_json_integer(key(name), value);
    return *this;
  }
  Payload& raw(std::string_view name, std::string_view json) {
    key(name) += json;
    return *this;
  }
  std::string take() { return json_ + '}'; }

 private:
  std::string& key(std::string_view name) {
    if (json_.size() > 1) json_ += ',';
    format::append_json_text(json_, name);
    json_ += ':';
    return json_;
  }
  std::string json_ = "{";
};

void add_own_claims(Payload& payload, std::string_view claims) {
  if (claims.empty()) return;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(claims);
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) return;
  for (const auto& [name, value] : object) {
    if (!is_reserved(name)) payload.raw(name, simdjson::minify(value));
  }
}

}  // namespace

std::string token_payload(const Account& account, const TokenWords& words) {
  Payload payload;
  payload.text("iss", words.issuer).text("aud", words.audience).text("sub", account.id).text("role", words.role);
  payload.text("email", account.email).raw("email_verified", account.is_verified ? "true" : "false");
  payload.number("auth_time", words.began_at).number("iat", words.now).number("exp", words.now + words.life.count());
  payload.text("jti", new_id()).text("session_id", words.session).number("rev", account.revision);
  add_own_claims(payload, account.claims);
  return payload.take();
}

Result<std::string> check_claims(std::string_view json) {
  const auto refuse = [](std::string why) { return fail(Code::value_invalid, "The claims " + std::move(why)); };
  if (json.size() > extra_claims_bytes_max) return refuse("are longer than " + std::to_string(extra_claims_bytes_max) + " bytes");
  if (!Claims::parse(json)) return refuse("are no JSON object with each name once");
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::object object;
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) return refuse("are no JSON object");
  for (const auto& [name, value] : object) {
    if (is_reserved(name)) return refuse("have the name " + std::string(name) + ", which tokens use for something else");
  }
  return std::string(simdjson::minify(object));
}

}  // namespace aljibe::auth
