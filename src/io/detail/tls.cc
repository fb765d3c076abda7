#include "io/detail/tls.h"

#include <boost/asio/ssl/context.hpp>

namespace aljibe::io::detail {
namespace {

namespace ssl = boost::asio::ssl;

constexpr unsigned char offered[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// A client that offers only what is not spoken here gets an alert (RFC 7301 §3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* wanted, unsigned int wanted_size, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, offered, sizeof offered, wanted, wanted_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::unexpected<Error> invalid(const std::string& file, const boost::system::error_code& error) {
  return fail(Code::tls_invalid, "\"" + file + "\" cannot be used for TLS.", error.message());
}

}  // namespace

Result<std::shared_ptr<ssl::context>> load_certificate(const std::string& certificate_file, const std::string& key_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_compression, error);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return invalid(certificate_file, error);
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return invalid(key_file, error);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return fail(Code::tls_invalid, "\"" + key_file + "\" is not the key of \"" + certificate_file + "\".");
  }
  return context;
}

}  // namespace aljibe::io::detail
