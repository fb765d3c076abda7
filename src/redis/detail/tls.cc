#include "redis/detail/tls.h"

#include <boost/asio/ssl/context.hpp>

namespace aljibe::redis::detail {
namespace {

namespace ssl = boost::asio::ssl;

std::unexpected<Error> invalid(const std::string& file, const std::string& why) {
  return fail(Code::tls_invalid, "\"" + file + "\" cannot be used for TLS.", why);
}

}  // namespace

Result<TlsContext> load_tls(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_compression, error);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer, error);
  if (files.ca_file.empty()) context->set_default_verify_paths(error);
  else context->load_verify_file(files.ca_file, error);
  if (error) return invalid(files.ca_file.empty() ? "the system's authorities" : files.ca_file, error.message());
  if (files.certificate_file.empty()) return context;
  context->use_certificate_chain_file(files.certificate_file, error);
  if (error) return invalid(files.certificate_file, error.message());
  context->use_private_key_file(files.key_file, ssl::context::pem, error);
  if (error) return invalid(files.key_file, error.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) return invalid(files.key_file, "It is not the key of \"" + files.certificate_file + "\".");
  return context;
}

}  // namespace aljibe::redis::detail
