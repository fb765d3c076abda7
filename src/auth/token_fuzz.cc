// Bytes as a token, and bytes as the header and payload of a token that is signed well. What is taken must have one spelling, and
// nobody gets in who does not know the secret or whose claims do not say what the issuer asks for.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/base64url.h"
#include "auth/issuer.h"
#include "auth/testing/forge.h"

namespace {

using namespace aljibe::auth;

const std::string secret(32, 's');
const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
const KeySet keys({*Key::secret(secret)});
const Issuer issuer{.name = "fuzz", .issuer = "https://issuer.example", .audiences = {"api"}, .algorithms = {Algorithm::hs256}};

void require(bool truth) {
  if (!truth) std::abort();
}

bool is_text(const std::optional<std::string>& text, std::string_view wanted) { return text && *text == wanted; }

/// The token's parts encoded anew are the same bytes.
void require_one_spelling(const ParsedToken& token) {
  if (token.is_opaque()) return;
  const auto first = token.text.find('.');
  const auto payload = token.signed_part().substr(first + 1);
  require(encode_base64url(token.claims.json()) == payload);
  require(encode_base64url(*decode_base64url(std::string_view(token.text).substr(0, first))) == std::string_view(token.text).substr(0, first));
  require(encode_base64url(token.signature) == std::string_view(token.text).substr(token.signed_bytes + 1));
}

bool is_taken(const std::string& text) {
  const auto token = parse_token(text);
  if (!token) {
    require(token.error().code() == aljibe::Code::token_invalid && !token.error().details().empty());
    return false;
  }
  require_one_spelling(*token);
  const auto identity = verify(*token, issuer, keys, now);
  if (!identity) return false;
  require(token->algorithm == Algorithm::hs256 && is_text(token->issuer, "https://issuer.example") && !(*identity)->role.empty());
  require(std::ranges::find(token->audiences, "api") != token->audiences.end());
  require(token->expires && *token->expires > 1'800'000'000 - 30);
  require((*identity)->claims.json() == token->claims.json());
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  require(!is_taken(std::string(text)) || text.size() > 80);
  const auto line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto header = text.substr(0, line), payload = text.substr(line + 1);
  is_taken(aljibe::auth::testing::token(header, payload, aljibe::auth::testing::hmac(secret)));
  // Signed with another secret nothing gets in.
  require(!is_taken(aljibe::auth::testing::token(header, payload, aljibe::auth::testing::hmac(secret + "x"))));
  require(!is_taken(aljibe::auth::testing::token(header, payload, aljibe::auth::testing::nobody)));
  return 0;
}
