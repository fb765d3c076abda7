// A link is kept alive by what it waits for. close() takes its listener away: what completes afterwards finds none, and ends.
#include "redis/detail/link.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/x509v3.h>

namespace aljibe::redis::detail {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;
using Context = asio::io_context;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Context::executor_type>;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Context::executor_type>;
using Endpoints = std::vector<asio::ip::tcp::endpoint>;

// Some twenty answers of a page each in one system call; a second-level cache holds it.
constexpr std::size_t room_bytes = 128 * 1024;

struct Plain {
  Plain(Context& context, const Destination&) : socket(context) {}
  Socket socket;
  Socket& stream() { return socket; }
  template <class Handler>
  void handshake(Handler handler) {
    handler(Error{});
  }
  [[nodiscard]] std::string why(const Error& error) const { return error.message(); }
};

struct Tls {
  Tls(Context& context, const Destination& destination)
      : keeps_context(destination.tls), encrypted(context, *destination.tls), name(destination.tls_name), socket(encrypted.next_layer()) {}

  TlsContext keeps_context;
  asio::ssl::stream<Socket> encrypted;
  std::string name;
  Socket& socket;

  asio::ssl::stream<Socket>& stream() { return encrypted; }

  /// The certificate must be of this name; a name is also told to the server, an address is not (RFC 6066 §3).
  template <class Handler>
  void handshake(Handler handler) {
    auto* const ssl = encrypted.native_handle();
    Error not_an_address;
    asio::ip::make_address(name, not_an_address);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool is_set = not_an_address ? SSL_set1_host(ssl, name.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, name.c_str()) == 1
                                       : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
    if (!is_set) return handler(asio::error::make_error_code(asio::error::invalid_argument));
    encrypted.async_handshake(asio::ssl::stream_base::client, std::move(handler));
  }

  [[nodiscard]] std::string why(const Error& error) {
    const auto verified = SSL_get_verify_result(encrypted.native_handle());
    if (verified == X509_V_OK) return error.message();
    return "the server's certificate is refused for \"" + name + "\": " + X509_verify_cert_error_string(verified);
  }
};

template <class Transport>
class StreamLink final : public Link, public std::enable_shared_from_this<StreamLink<Transport>> {
 public:
  StreamLink(Context& context, const Destination& destination, LinkEvents& events)
      : context_(context), resolver_(context), transport_(context, destination), events_(&events) {}

  void open(const std::string& host, std::uint16_t port) {
    Error not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return connect({{address, port}});
    resolver_.async_resolve(host, std::to_string(port), Resolver::numeric_service, [self = this->shared_from_this()](const Error& error, const auto& found) {
      if (self->events_ == nullptr) return;
      if (error) return self->lost("The host's name cannot be resolved: " + error.message() + ".");
      Endpoints endpoints;
      for (const auto& entry : found) endpoints.push_back(entry.endpoint());
      self->connect(std::move(endpoints));
    });
  }

  void write(std::string& bytes) override {
    pending_ = &bytes;
    if (!is_writing_) write_pending();
  }

  void close() override {
    events_ = nullptr;
    pending_ = nullptr;
    Error ignored;
    resolver_.cancel();
    transport_.socket.close(ignored);
  }

 private:
  void connect(Endpoints endpoints) {
    endpoints_ = std::move(endpoints);
    asio::async_connect(transport_.socket, endpoints_, [self = this->shared_from_this()](const Error& error, const auto&) {
      if (self->events_ == nullptr) return;
      if (error) return self->lost("The server cannot be connected to: " + error.message() + ".");
      self->connected();
    });
  }

  void connected() {
    Error ignored;
    transport_.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    transport_.socket.set_option(asio::socket_base::keep_alive(true), ignored);
    transport_.handshake([self = this->shared_from_this()](const Error& error) {
      if (self->events_ == nullptr) return;
      if (error) return self->lost("TLS failed: " + self->transport_.why(error) + ".");
      self->room_.resize(room_bytes);
      self->read();
      self->events_->opened();
    });
  }

  void read() {
    transport_.stream().async_read_some(asio::buffer(room_), [self = this->shared_from_this()](const Error& error, std::size_t bytes) {
      if (self->events_ == nullptr) return;
      if (bytes > 0) self->events_->received({self->room_.data(), bytes});
      if (self->events_ == nullptr) return;
      if (error) return self->lost(error == asio::error::eof ? "The server closed the connection." : "The connection broke: " + error.message() + ".");
      self->read();
    });
  }

  void write_pending() {
    if (pending_ == nullptr || pending_->empty()) return;
    writing_.clear();
    std::swap(writing_, *pending_);
    is_writing_ = true;
    asio::async_write(transport_.stream(), asio::buffer(writing_), [self = this->shared_from_this()](const Error& error, std::size_t) {
      self->is_writing_ = false;
      if (self->events_ == nullptr) return;
      // The reading side hears of it too, and knows better why; but it may have nothing to read for long.
      if (error) return self->lost("The connection broke: " + error.message() + ".");
      self->write_pending();
    });
  }

  void lost(std::string why) {
    auto* const events = events_;
    close();
    events->lost(std::move(why));
  }

  Context& context_;
  Resolver resolver_;
  Transport transport_;
  LinkEvents* events_;
  Endpoints endpoints_;
  std::vector<char> room_;
  std::string* pending_ = nullptr;
  std::string writing_;
  bool is_writing_ = false;
};

template <class Transport>
std::shared_ptr<Link> open_stream(asio::io_context& context, const Destination& destination, LinkEvents& events) {
  auto link = std::make_shared<StreamLink<Transport>>(context, destination, events);
  link->open(destination.host, destination.port);
  return link;
}

}  // namespace

std::shared_ptr<Link> open_link(asio::io_context& context, const Destination& destination, LinkEvents& events) {
  return destination.tls ? open_stream<Tls>(context, destination, events) : open_stream<Plain>(context, destination, events);
}

}  // namespace aljibe::redis::detail
