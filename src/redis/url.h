#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::redis {

/// Where a server is and who asks.
struct Url {
  std::string host;
  std::uint16_t port = 6379;
  bool is_tls = false;
  std::string user;
  std::string password;
};

/// Reads redis://user:password@host:port and, with TLS, rediss://…; user, password and port may be left out.
///
/// Errors: config_value_invalid, which says what is wrong and never shows the password.
Result<Url> parse_url(std::string_view text);

}  // namespace aljibe::redis
