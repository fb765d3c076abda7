#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace aljibe::io::detail {

/// TLS 1.2 and 1.3 for a server, with ALPN http/1.1.
/// Errors: tls_invalid with the file and the reason.
Result<std::shared_ptr<boost::asio::ssl::context>> load_certificate(const std::string& certificate_file, const std::string& key_file);

}  // namespace aljibe::io::detail
