#include "http/encode.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace aljibe::http {
namespace {

std::string decode(std::string_view coded, Coding coding, std::size_t size) {
  std::string text(size + 1, '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  const auto* in = reinterpret_cast<const unsigned char*>(coded.data());
  std::size_t decoded = text.size();
  if (coding == Coding::gzip) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = const_cast<unsigned char*>(in);
    stream.avail_in = static_cast<unsigned>(coded.size());
    stream.next_out = out;
    stream.avail_out = static_cast<unsigned>(text.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    decoded = stream.total_out;
    inflateEnd(&stream);
  } else if (coding == Coding::br) {
    EXPECT_EQ(BrotliDecoderDecompress(coded.size(), in, &decoded, out), BROTLI_DECODER_RESULT_SUCCESS);
  } else {
    decoded = ZSTD_decompress(text.data(), text.size(), coded.data(), coded.size());
  }
  text.resize(decoded);
  return text;
}

TEST(Encode, every_coding_decodes_to_the_same_text_and_is_deterministic) {
  std::string text = "[";
  for (int i = 0; i < 3'000; ++i) text += R"({"asin":"B)" + std::to_string(i * 7919) + R"(","price":)" + std::to_string(i % 97) + "},";
  for (const auto& body : {std::string(), std::string("x"), text}) {
    for (const auto coding : {Coding::gzip, Coding::br, Coding::zstd}) {
      const auto coded = encode(body, coding);
      ASSERT_TRUE(coded);
      EXPECT_EQ(decode(*coded, coding, body.size()), body) << coding_name(coding);
      EXPECT_EQ(*coded, *encode(body, coding));
      if (body.size() > encode_bytes_min) EXPECT_LT(coded->size(), body.size() / 4) << coding_name(coding);
    }
  }
  EXPECT_EQ(*encode("as it is", Coding::identity), "as it is");
}

}  // namespace
}  // namespace aljibe::http
