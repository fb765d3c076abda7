#include "auth/base64url.h"

#include <gtest/gtest.h>

namespace aljibe::auth {
namespace {

TEST(Base64url, IsThereAndBack) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(encode_base64url(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(encode_base64url(std::string("\xfb\xff\xfe", 3)), "-__-");
  EXPECT_EQ(encode_base64url("f"), "Zg");
}

TEST(Base64url, HasOneSpelling) {
  for (const auto* const text : {"Zg==", "Zh", "Z", "Zm9vY", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9v=", "Zm.v", "\xc3\xa9"}) EXPECT_EQ(decode_base64url(text), std::nullopt) << text;
  EXPECT_EQ(decode_base64url(""), "");
  EXPECT_EQ(decode_base64url("Zg"), "f");
  EXPECT_EQ(decode_base64url("Zm8"), "fo");
}

}  // namespace
}  // namespace aljibe::auth
