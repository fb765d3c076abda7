#include "auth/parsed_token.h"

#include <algorithm>
#include <array>

#include "auth/base64url.h"
#include "auth/json.h"
#include "auth/refusal.h"

namespace aljibe::auth {
namespace {

using Parts = std::array<std::string_view, 3>;

std::unexpected<Error> malformed() { return refuse("malformed", "The token is not a JWS in compact form."); }

/// Three parts: five would be encrypted, two unsecured by another name.
std::optional<Parts> split(std::string_view text) {
  const auto first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

Result<void> read_kid(const Json& header, ParsedToken& token) {
  const auto* const member = header.find("kid");
  if (member == nullptr) return {};
  const auto kid = member->text();
  if (!kid || kid->empty() || kid->size() > kid_bytes_max) return refuse("header", "The kid in the token's header is not a short text.");
  token.kid = *kid;
  return {};
}

/// Parameters that change what the signature means, or how the payload is to be read (RFC 7515 §4.1.11, RFC 7797, RFC 7516 §4.1).
/// All other parameters that are not known are passed over, as RFC 7515 §4 asks; among them are those that bring keys along.
Result<void> refuse_extensions(const Json& header) {
  constexpr auto refused = std::to_array<std::string_view>({"crit", "b64", "zip", "enc"});
  if (std::ranges::any_of(refused, [&](std::string_view parameter) { return header.find(parameter) != nullptr; })) {
    return refuse("unsupported", "The token's header asks for an extension that is not supported.");
  }
  return {};
}

Result<void> read_header(std::string_view part, ParsedToken& token) {
  const auto text = decode_base64url(part);
  const auto header = text ? Json::parse_object(*text, token_bytes_max) : std::nullopt;
  if (!header) return refuse("header", "The token's header is not a JSON object, or is ambiguous.");
  ALJ_TRY(refuse_extensions(*header));
  const auto named = header->text_of("alg");
  const auto algorithm = named ? algorithm_of(*named) : std::nullopt;
  if (!algorithm) return refuse("algorithm", "The token's algorithm is not one that is accepted.");
  token.algorithm = *algorithm;
  if (const auto* const type = header->find("typ"); type != nullptr) {
    if (!type->text()) return refuse("header", "The typ in the token's header is not a text.");
    token.type = *type->text();
  }
  return read_kid(*header, token);
}

std::unexpected<Error> unfit(std::string_view claim) { return refuse("claim", "The token's claim " + std::string(claim) + " is not of its type."); }

Result<void> read_text(const Json& payload, std::string_view claim, std::optional<std::string>& to) {
  const auto* const member = payload.find(claim);
  if (member == nullptr) return {};
  const auto text = member->text();
  if (!text) return unfit(claim);
  to = *text;
  return {};
}

/// Whole seconds, as all issuers that are known write them; RFC 7519 §2 would allow fractions.
Result<void> read_time(const Json& payload, std::string_view claim, std::optional<std::int64_t>& to) {
  // The year 9999 stands for never; clocks of nanoseconds end in 2262, and what comes after is as far away as that.
  constexpr std::int64_t seconds_max = 253'402'300'799, clock_end = 9'000'000'000;
  const auto* const member = payload.find(claim);
  if (member == nullptr) return {};
  const auto seconds = member->integer();
  if (!seconds || *seconds < 0 || *seconds > seconds_max) return unfit(claim);
  to = std::min(*seconds, clock_end);
  return {};
}

Result<void> read_audiences(const Json& payload, std::vector<std::string>& to) {
  const auto* const member = payload.find("aud");
  if (member == nullptr) return {};
  if (const auto one = member->text()) to.emplace_back(*one);
  if (member->kind() == Json::Kind::list) {
    for (const auto& item : member->items()) {
      if (!item.text()) return unfit("aud");
      to.emplace_back(*item.text());
    }
  } else if (!member->text()) {
    return unfit("aud");
  }
  return {};
}

Result<void> read_payload(std::string_view part, ParsedToken& token) {
  const auto text = decode_base64url(part);
  auto payload = text ? Json::parse_object(*text, token_bytes_max) : std::nullopt;
  if (!payload) return refuse("payload", "The token's payload is not a JSON object, or is ambiguous.");
  auto claims = Claims::of(*text, *payload);
  if (!claims) return refuse("payload", std::string(claims.error().message()));
  token.claims = std::move(*claims);
  token.payload = std::move(*payload);
  ALJ_TRY(read_text(token.payload, "iss", token.issuer));
  ALJ_TRY(read_text(token.payload, "sub", token.subject));
  ALJ_TRY(read_audiences(token.payload, token.audiences));
  ALJ_TRY(read_time(token.payload, "exp", token.expires));
  ALJ_TRY(read_time(token.payload, "nbf", token.not_before));
  ALJ_TRY(read_time(token.payload, "iat", token.issued));
  return read_time(token.payload, "auth_time", token.authenticated);
}

}  // namespace

Result<ParsedToken> parse_token(std::string text) {
  if (text.size() > token_bytes_max) return refuse("too_large", "The token is larger than 8 KiB.");
  ParsedToken token;
  token.text = std::move(text);
  if (token.text.starts_with(opaque_prefix) && !token.text.contains('.')) return token;
  const auto parts = split(token.text);
  if (!parts) return malformed();
  token.form = ParsedToken::Form::signed_;
  ALJ_TRY(read_header((*parts)[0], token));
  ALJ_TRY(read_payload((*parts)[1], token));
  auto signature = decode_base64url((*parts)[2]);
  if (!signature) return malformed();
  token.signature = std::move(*signature);
  token.signed_bytes = token.text.size() - (*parts)[2].size() - 1;
  return token;
}

}  // namespace aljibe::auth
