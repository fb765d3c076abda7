#include "format/inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

namespace aljibe::format {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string zstandard(const std::string& text) {
  std::string out(::ZSTD_compressBound(text.size()), '\0');
  out.resize(::ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// Everything, fed and taken in pieces of the given sizes; "damaged" or "cut" when it ends badly.
std::string inflated(const std::string& bytes, std::size_t in_bytes, std::size_t out_bytes) {
  const auto inflater = make_inflater(compression_of(bytes));
  std::string_view left = bytes;
  std::string text;
  std::string piece(out_bytes, '\0');
  for (;;) {
    const auto step = inflater->step(left.substr(0, in_bytes), piece);
    if (!step) return step.error().code() == Code::compression_damaged ? "damaged" : "?";
    left.remove_prefix(step->read);
    text.append(piece, 0, step->written);
    if (step->read == 0 && step->written == 0) return !left.empty() ? "stuck" : inflater->is_complete() ? text : "cut";
  }
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "row " + std::to_string(i * 7919 % 10'007) + "\n";
  return text;
}

TEST(Inflater, gives_the_text_back_whatever_the_pieces) {
  for (const auto& bytes : {gzipped(sample()), zstandard(sample())}) {
    EXPECT_EQ(inflated(bytes, 1 << 20, 1 << 20), sample());
    EXPECT_EQ(inflated(bytes, 1, 4096), sample());
    EXPECT_EQ(inflated(bytes, 4096, 7), sample());
  }
}

TEST(Inflater, members_that_follow_each_other_are_one_stream) {
  EXPECT_EQ(inflated(gzipped("a\n") + gzipped("b\n"), 5, 100), "a\nb\n");
  EXPECT_EQ(inflated(zstandard("a\n") + zstandard("b\n"), 5, 100), "a\nb\n");
}

TEST(Inflater, finds_damage_and_missing_ends) {
  for (auto bytes : {gzipped(sample()), zstandard(sample())}) {
    EXPECT_EQ(inflated(bytes.substr(0, bytes.size() / 2), 4096, 4096), "cut");
    EXPECT_EQ(inflated(bytes.substr(0, bytes.size() - 1), 4096, 4096), "cut");
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
    EXPECT_NE(inflated(bytes, 4096, 4096), sample());
  }
  auto gzip = gzipped(sample());
  gzip[gzip.size() - 6] = static_cast<char>(gzip[gzip.size() - 6] ^ 1);  // the checksum
  EXPECT_EQ(inflated(gzip, 4096, 4096), "damaged");
  EXPECT_EQ(inflated(gzipped("a\n") + "rubbish", 4096, 4096), "damaged");
}

TEST(Compression, is_known_by_its_magic_number) {
  EXPECT_EQ(compression_of(gzipped("a")), Compression::gzip);
  EXPECT_EQ(compression_of(zstandard("a")), Compression::zstd);
  EXPECT_EQ(compression_of("id,name\n"), Compression::none);
  EXPECT_EQ(compression_of(""), Compression::none);
}

}  // namespace
}  // namespace aljibe::format
