// Levels: a response is coded once and sent many times, and the first client waits for it. Brotli 5 and zstd 6 stand where
// their curves of size against time bend for JSON of some kilobytes to some megabytes.
#include "http/encode.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

namespace aljibe::http {
namespace {

constexpr int gzip_level = 6;
constexpr int brotli_quality = 5;
constexpr int zstd_level = 6;

std::unexpected<Error> refused(std::string_view library) { return fail(Code::internal, "", std::string(library) + " refused to code a body"); }

Result<std::string> encode_gzip(std::string_view body) {
  constexpr int window_with_gzip_head = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, gzip_level, Z_DEFLATED, window_with_gzip_head, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) return refused("zlib");
  std::string coded(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));  // zlib reads it
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  const int ended = deflate(&stream, Z_FINISH);
  coded.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END) return refused("zlib");
  return coded;
}

Result<std::string> encode_brotli(std::string_view body) {
  std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
  std::string coded(size, '\0');
  const int done = BrotliEncoderCompress(brotli_quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                                         reinterpret_cast<const std::uint8_t*>(body.data()), &size,
                                         reinterpret_cast<std::uint8_t*>(coded.data()));
  if (done == BROTLI_FALSE) return refused("brotli");
  coded.resize(size);
  return coded;
}

Result<std::string> encode_zstd(std::string_view body) {
  std::string coded(ZSTD_compressBound(body.size()), '\0');
  const auto size = ZSTD_compress(coded.data(), coded.size(), body.data(), body.size(), zstd_level);
  if (ZSTD_isError(size) != 0) return refused("zstd");
  coded.resize(size);
  return coded;
}

}  // namespace

std::string_view coding_name(Coding coding) {
  switch (coding) {
    case Coding::identity: return "identity";
    case Coding::gzip: return "gzip";
    case Coding::br: return "br";
    case Coding::zstd: return "zstd";
  }
  return {};
}

Result<std::string> encode(std::string_view body, Coding coding) {
  switch (coding) {
    case Coding::identity: break;
    case Coding::gzip: return encode_gzip(body);
    case Coding::br: return encode_brotli(body);
    case Coding::zstd: return encode_zstd(body);
  }
  return std::string(body);
}

}  // namespace aljibe::http
