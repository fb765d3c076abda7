#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace aljibe::redis::detail {

struct TlsFiles {
  std::string ca_file;  // empty: the system's authorities
  std::string certificate_file;
  std::string key_file;
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// TLS 1.2 and 1.3 for a client that lets no server through whose certificate it cannot verify.
/// Errors: tls_invalid with the file and the reason.
Result<TlsContext> load_tls(const TlsFiles& files);

}  // namespace aljibe::redis::detail
