#include "redis/url.h"

#include <gtest/gtest.h>

namespace aljibe::redis {
namespace {

std::string shown(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return std::string(name(url.error().code()));
  return url->host + "|" + std::to_string(url->port) + "|" + (url->is_tls ? "tls" : "plain") + "|" + url->user + "|" + url->password;
}

TEST(Url, names_server_and_credentials) {
  EXPECT_EQ(shown("redis://localhost"), "localhost|6379|plain||");
  EXPECT_EQ(shown("redis://localhost:7000/"), "localhost|7000|plain||");
  EXPECT_EQ(shown("redis://localhost/0"), "localhost|6379|plain||");
  EXPECT_EQ(shown("rediss://user:secret@name.redis.azure.net:10000"), "name.redis.azure.net|10000|tls|user|secret");
  EXPECT_EQ(shown("redis://:secret@host"), "host|6379|plain||secret");
  EXPECT_EQ(shown("redis://@host"), "host|6379|plain||");
  EXPECT_EQ(shown("redis://us%40er:p%3A%2Fw%25@host"), "host|6379|plain|us@er|p:/w%");
  EXPECT_EQ(shown("redis://user:a:b@host"), "host|6379|plain|user|a:b");
  EXPECT_EQ(shown("redis://[::1]:6380"), "::1|6380|plain||");
  EXPECT_EQ(shown("redis://[::1]"), "::1|6379|plain||");
}

TEST(Url, says_what_is_wrong_and_no_secret) {
  for (const auto* text : {"", "http://host", "localhost:6379", "redis://", "redis://:sesame@", "redis://user:sesame@:6379", "redis://user:sesame@host:0", "redis://user:sesame@host:65536",
                           "redis://user:sesame@host:x", "redis://user:sesame@host:", "redis://user:sesame@host/1", "redis://user:sesame@host?db=2", "redis://user:%zzsesame@host",
                           "redis://user@host", "redis://user:ses/sesame@host", "redis://[::1", "redis://[::1]x", "redis://user:sesame@ho st"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code(), Code::config_value_invalid);
    const auto told = std::string(url.error().message()) + std::string(url.error().details()) + std::string(url.error().hint());
    EXPECT_EQ(told.find("sesame"), std::string::npos) << told;
  }
  EXPECT_NE(std::string(parse_url("redis://host/3").error().message()).find("database"), std::string::npos);
  EXPECT_NE(std::string(parse_url("redis://host:x").error().message()).find("port"), std::string::npos);
}

}  // namespace
}  // namespace aljibe::redis
