#include "http/client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aljibe::http {
namespace {

const std::vector<Network> trusted{*Network::read("10.0.0.0/8"), *Network::read("fd00::/8")};

Client ask(std::vector<Field> fields, bool is_tls = false) {
  Request request;
  request.fields = std::move(fields);
  return client_of(request, {.address = *Address::read("10.0.0.1"), .is_https = is_tls}, trusted);
}

std::string forwarded(std::string_view value) { return ask({{"X-Forwarded-For", value}}).address.text(); }

TEST(ClientOf, is_the_last_that_is_not_trusted) {
  EXPECT_EQ(ask({}).address.text(), "10.0.0.1");
  EXPECT_EQ(forwarded("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(forwarded("6.6.6.6, 192.0.2.7"), "192.0.2.7") << "what stands before may be invented";
  EXPECT_EQ(forwarded("6.6.6.6,192.0.2.7 ,\t10.2.3.4, fd00::5"), "192.0.2.7");
  EXPECT_EQ(forwarded("10.0.0.9, 10.2.3.4"), "10.0.0.9") << "a proxy that asks for itself";
  EXPECT_EQ(ask({{"X-Forwarded-For", "6.6.6.6"}, {"x-forwarded-for", "192.0.2.7"}}).address.text(), "192.0.2.7");
}

TEST(ClientOf, entries_have_ports_and_brackets) {
  EXPECT_EQ(forwarded("192.0.2.7:4711"), "192.0.2.7");
  EXPECT_EQ(forwarded("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(forwarded("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(forwarded("[2001:db8::1]:443"), "2001:db8::1");
}

TEST(ClientOf, what_is_no_address_leaves_the_connection) {
  for (const auto* value : {"", "unknown", "_hidden", "192.0.2.7:", "192.0.2.7:x", "192.0.2.7:123456", "[192.0.2.7]", "[2001:db8::1", "[2001:db8::1]443", "[2001:db8::1]:", "1.2.3",
                            "192.0.2.7,", ",", "192.0.2.7, evil, 10.0.0.2", "for=192.0.2.7", "\"192.0.2.7\""}) {
    EXPECT_EQ(forwarded(value), "10.0.0.1") << value;
  }
  EXPECT_EQ(forwarded("\"6.6.6.6, 192.0.2.7"), "192.0.2.7") << "an open quote hides nothing that the proxy added";
}

TEST(ClientOf, the_last_word_decides_about_https) {
  EXPECT_TRUE(ask({{"X-Forwarded-Proto", "https"}}).is_https);
  EXPECT_FALSE(ask({{"X-Forwarded-Proto", "http"}}, true).is_https);
  EXPECT_FALSE(ask({{"X-Forwarded-Proto", "https, http"}}).is_https);
  EXPECT_TRUE(ask({{"X-Forwarded-Proto", "HTTPS"}}).is_https);
  EXPECT_FALSE(ask({{"X-Forwarded-Proto", "httpss"}}).is_https);
  EXPECT_TRUE(ask({{"X-Forwarded-Proto", "wss"}}, true).is_https);
}

}  // namespace
}  // namespace aljibe::http
