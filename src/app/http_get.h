#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace aljibe::app {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// Asks another aljibe for a small document, as plain text where it has one. Blocks, five seconds at most.
/// Errors: server_unreachable, also when what answers is no HTTP.
Result<HttpAnswer> http_get(const std::string& address, std::uint16_t port, const std::string& target);

}  // namespace aljibe::app
