#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "io/server.h"

namespace aljibe::io {
namespace {

namespace asio = boost::asio;

class Echo final : public Handler {
 public:
  std::optional<http::Response> answer_now(const http::Request& request) override {
    if (request.path == "/big") return http::Response{.prepared = http::prepare(200, "", std::string(500'000, 'x'))};
    return http::Response{.prepared = http::prepare(200, "", std::string(request.target))};
  }
  Task<http::Response> answer(const http::Request&) override { co_return http::Response{}; }
};

/// A folder with two certificates, made by the openssl command and gone with the fixture.
class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "aljibe-tls-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    for (const auto* name : {"one", "two"}) make_certificate(name);
  }
  ~TlsTest() override { std::filesystem::remove_all(folder); }

  void make_certificate(const std::string& name) const {
    const auto base = folder + "/" + name;
    const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=" + name + " -keyout " +
                                base + ".key -out " + base + ".pem 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  void start(const std::string& name) {
    auto started = Server::start({.listeners = {{.tls = TlsFiles{folder + "/" + name + ".pem", folder + "/" + name + ".key"}}}, .threads = 1}, echo, observer);
    ASSERT_TRUE(started) << started.error().details();
    server = std::move(*started);
  }

  std::string folder;
  Echo echo;
  Observer observer;
  std::unique_ptr<Server> server;
};

struct Session {
  std::string subject, protocol, version, received;
};

/// Connects with ALPN "http/1.1", sends, reads `bytes_min` bytes or to the end.
Session talk(std::uint16_t port, const std::string& requests, std::size_t bytes_min) {
  asio::io_context context;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  SSL_CTX_set_alpn_protos(tls.native_handle(), reinterpret_cast<const unsigned char*>("\x08http/1.1"), 9);
  asio::ssl::stream<asio::ip::tcp::socket> stream(context, tls);
  stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
  stream.handshake(asio::ssl::stream_base::client);
  Session session;
  X509* certificate = SSL_get1_peer_certificate(stream.native_handle());
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  session.subject = name;
  session.version = SSL_get_version(stream.native_handle());
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(stream.native_handle(), &chosen, &size);
  session.protocol.assign(reinterpret_cast<const char*>(chosen), size);
  asio::write(stream, asio::buffer(requests));
  boost::system::error_code error;
  while (session.received.size() < bytes_min && !error) {
    char bytes[4096];
    session.received.append(bytes, stream.read_some(asio::buffer(bytes), error));
  }
  return session;
}

TEST_F(TlsTest, answers_behind_a_handshake) {
  start("one");
  const auto session = talk(server->ports().at(0),
                            "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /big HTTP/1.1\r\nHost: a\r\n\r\n"
                            "GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                            1'000'000);
  EXPECT_EQ(session.subject, "one");
  EXPECT_EQ(session.protocol, "http/1.1");
  EXPECT_EQ(session.version, "TLSv1.3");
  EXPECT_NE(session.received.find("\r\n\r\n/a"), std::string::npos);
  EXPECT_GT(session.received.size(), 500'000U);
  EXPECT_TRUE(session.received.ends_with("/z"));
}

TEST_F(TlsTest, reload_changes_the_certificate_and_an_invalid_one_is_refused) {
  start("one");
  std::filesystem::copy_file(folder + "/two.key", folder + "/one.key", std::filesystem::copy_options::overwrite_existing);
  const auto mixed = server->reload_tls();
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code(), Code::tls_invalid);
  const std::string request = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(talk(server->ports().at(0), request, 10'000).subject, "one") << "the old one stands";
  std::filesystem::copy_file(folder + "/two.pem", folder + "/one.pem", std::filesystem::copy_options::overwrite_existing);
  ASSERT_TRUE(server->reload_tls());
  EXPECT_EQ(talk(server->ports().at(0), request, 10'000).subject, "two");
}

TEST_F(TlsTest, refuses_to_start_without_a_certificate) {
  std::ofstream(folder + "/one.pem") << "not a certificate";
  for (const auto* name : {"one", "missing"}) {
    const auto started = Server::start({.listeners = {{.tls = TlsFiles{folder + "/" + name + ".pem", folder + "/two.key"}}}, .threads = 1}, echo, observer);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code(), Code::tls_invalid);
  }
}

}  // namespace
}  // namespace aljibe::io
