#include "base/address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aljibe {
namespace {

std::string reread(std::string_view text) {
  const auto address = Address::read(text);
  return address ? address->text() : "none";
}

TEST(Address, has_one_form) {
  EXPECT_EQ(reread("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(reread("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(reread("::FFFF:c000:207"), "192.0.2.7");
  EXPECT_EQ(reread("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(reread("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1") << "a single zero stands (RFC 5952 §4.2.2)";
  EXPECT_EQ(reread("::"), "::");
  EXPECT_EQ(reread("::1"), "::1");
  EXPECT_EQ(reread("1::"), "1::");
  EXPECT_EQ(reread("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
  EXPECT_EQ(reread("0:0:0:0:0:0:0:1"), "::1");
}

TEST(Address, refuses_what_another_may_read_differently) {
  for (const auto* text : {"", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4 ", "0x7f.0.0.1", "1.2.3.-4", "1.2.3.", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7::8", "1::2::3", "12345::", "g::", "1:", ":1", "::1:", "1.2.3.4::", "::1.2.3", "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:1.2.3.4"}) {
    EXPECT_EQ(reread(text), "none") << text;
  }
}

TEST(Address, of_one_household_count_as_one) {
  const auto household = [](std::string_view text) { return std::string(Address::read(text)->household()); };
  EXPECT_EQ(household("2001:db8:1:2::1"), household("2001:db8:1:2:ffff::9"));
  EXPECT_NE(household("2001:db8:1:2::1"), household("2001:db8:1:3::1"));
  EXPECT_NE(household("192.0.2.7"), household("192.0.2.8"));
}

TEST(Network, holds_what_begins_alike) {
  const auto holds = [](std::string_view network, std::string_view address) { return Network::read(network)->contains(*Address::read(address)); };
  EXPECT_TRUE(holds("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(holds("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(holds("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1")) << "every address of version 4 is none of version 6";
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(holds("127.0.0.1", "::ffff:127.0.0.1"));
  EXPECT_FALSE(holds("127.0.0.1", "127.0.0.2"));
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "::/129", "10.0.0.0/8/8", "10/8"}) EXPECT_FALSE(Network::read(text)) << text;
}

}  // namespace
}  // namespace aljibe
