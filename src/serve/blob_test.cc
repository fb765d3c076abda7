#include "serve/blob.h"

#include <gtest/gtest.h>

#include <random>

#include "http/message.h"

namespace aljibe::serve {
namespace {

const Mac mac("a secret");

Blob blob(std::string body) {
  std::string fields;
  http::append_field(fields, "Content-Type", "application/json");
  http::append_field(fields, "ETag", "\"tag\"");
  Page page{.whole = http::prepared(200, fields, std::move(body))};
  page.common = {.at = 2, .size = 5}, page.etag_part = {.at = 40, .size = 5};
  return {.mark = {.id = 0x1234, .nonce = 0xfedcba9876543210, .schema = 7}, .read_at = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'700'000'000'123)),
          .footprint = std::make_shared<const query::Footprint>(), .page = std::make_shared<const Page>(std::move(page))};
}

TEST(Blobs, are_read_as_they_were_written) {
  for (const std::size_t size : {0UL, 1UL, 100'000UL}) {
    const auto written = blob(std::string(size, 'x'));
    const auto bytes = write_blob(written, "key", mac, 1'000);
    EXPECT_EQ(bytes.substr(0, blob_order_bytes), "ALJ10000000000001234");
    if (size > 1'000) EXPECT_LT(bytes.size(), size / 10);
    const auto read = read_blob(bytes, "key", mac, 1 << 20);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->mark, written.mark);
    EXPECT_EQ(read->read_at, written.read_at);
    EXPECT_EQ(read->page->whole.body, written.page->whole.body);
    EXPECT_EQ(read->page->whole.fields, written.page->whole.fields);
    EXPECT_EQ(read->page->etag(), written.page->etag());
  }
}

TEST(Blobs, of_another_key_or_secret_or_too_large_are_refused) {
  const auto bytes = write_blob(blob(std::string(5'000, 'x')), "key", mac, 1'000);
  EXPECT_TRUE(read_blob(bytes, "key", mac, 5'000));
  EXPECT_FALSE(read_blob(bytes, "Key", mac, 5'000));
  EXPECT_FALSE(read_blob(bytes, "key", Mac("another"), 5'000));
  EXPECT_FALSE(read_blob(bytes, "key", mac, 4'999));
}

/// Cut, with bits turned, bytes swapped, put in, taken out or taken from another blob.
TEST(Blobs, that_were_tampered_with_are_refused_by_the_thousand) {
  std::mt19937_64 random(7);
  const auto bytes = write_blob(blob("[{\"asin\":\"a\"}]"), "key", mac, 1'000);
  const auto other = write_blob(blob("[{\"asin\":\"b\"}]"), "key", mac, 1'000);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto forged = bytes;
    const auto at = random() % forged.size();
    switch (random() % 6) {
      case 0: forged.resize(at); break;
      case 1: forged[at] = static_cast<char>(forged[at] ^ (1 << random() % 8)); break;
      case 2: std::swap(forged[at], forged[random() % forged.size()]); break;
      case 3: forged.insert(at, 1, static_cast<char>(random())); break;
      case 4: forged.erase(at, 1 + random() % 8); break;
      default: forged = bytes.substr(0, at) + other.substr(at); break;
    }
    if (forged == bytes || forged == other) continue;
    ASSERT_FALSE(read_blob(forged, "key", mac, 1 << 20)) << "at " << at;
    ++refused;
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace aljibe::serve
