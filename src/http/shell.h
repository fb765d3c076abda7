#pragma once

#include <string_view>

namespace aljibe::http {

/// What every answer tells a browser, errors included: to believe Content-Type, to say to nobody where a link stood, to hand the answer to no
/// other origin's page but as CORS allows.
inline constexpr std::string_view shell_fields =
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n";

/// Over HTTPS too: to come that way only. Never over plain HTTP (RFC 6797 §7.2).
inline constexpr std::string_view https_fields = "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n";

/// Of an answer that is data: nothing in it may run or be framed, should a browser show it.
inline constexpr std::string_view data_policy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

}  // namespace aljibe::http
