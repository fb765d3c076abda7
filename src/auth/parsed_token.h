#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/algorithm.h"
#include "auth/claims.h"
#include "base/result.h"

namespace aljibe::auth {

/// A bearer token whose form was looked at. Nothing in it is true before a provider has verified it.
struct ParsedToken {
  enum class Form : std::uint8_t {
    signed_,  // a JWS in compact serialisation, RFC 7515 §3.1
    opaque    // text that its maker alone understands, such as alj_…
  };
  Form form = Form::opaque;
  std::string text;                 // as it came

  // Of the signed form only.
  Algorithm algorithm = Algorithm::none;
  std::optional<std::string> kid;   // never empty
  std::string type;                 // the header's typ, or empty
  std::size_t signed_bytes = 0;     // of `text`, from its beginning: what was signed
  std::string signature;            // decoded; empty for `none`
  Json payload;                     // signed by nobody yet
  Claims claims;                    // its leaves

  // The registered claims of the payload, RFC 7519 §4.1, each of its own type.
  std::optional<std::string> issuer;
  std::optional<std::string> subject;
  std::vector<std::string> audiences;
  std::optional<std::int64_t> expires, not_before, issued, authenticated;  // exp, nbf, iat, auth_time: seconds since 1970

  [[nodiscard]] bool is_opaque() const { return form == Form::opaque; }
  [[nodiscard]] std::string_view signed_part() const { return std::string_view(text).substr(0, signed_bytes); }
};

inline constexpr std::size_t token_bytes_max = 8 * 1024;
inline constexpr std::size_t kid_bytes_max = 256;
inline constexpr std::string_view opaque_prefix = "alj_";

/// Strict: what two readers could understand differently is refused. jwk, jku, x5u and x5c of the header are never looked at.
///
/// Errors:  token_invalid; details are the reason: too_large, malformed, header, payload, algorithm, unsupported, claim.
/// Source:  RFC 7515 §3.1, §4, §5.2; RFC 7519 §7.2; RFC 8725.
Result<ParsedToken> parse_token(std::string text);

}  // namespace aljibe::auth
