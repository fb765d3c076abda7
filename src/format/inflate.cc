#include "format/inflate.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace aljibe::format {
namespace {

class Gzip final : public Inflater {
 public:
  Gzip() {
    constexpr int gzip_only = 16;
    ALJ_ASSERT(::inflateInit2(&stream_, MAX_WBITS + gzip_only) == Z_OK);
  }
  ~Gzip() override { ::inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<Step> step(std::string_view in, std::span<char> out) override {
    if (is_complete_ && !in.empty() && ::inflateReset(&stream_) != Z_OK) return fail(Code::compression_damaged);
    const auto in_size = static_cast<uInt>(std::min<std::size_t>(in.size(), std::numeric_limits<uInt>::max()));
    const auto out_size = static_cast<uInt>(std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max()));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib only reads it
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = out_size;
    const int outcome = ::inflate(&stream_, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) return fail(Code::compression_damaged);
    const Step done{in_size - stream_.avail_in, out_size - stream_.avail_out};
    if (done.read > 0) is_complete_ = false;
    if (outcome == Z_STREAM_END) is_complete_ = true;
    return done;
  }
  [[nodiscard]] bool is_complete() const override { return is_complete_; }

 private:
  z_stream stream_{};
  bool is_complete_ = false;
};

class Zstd final : public Inflater {
 public:
  Zstd() : stream_(::ZSTD_createDStream()) { ALJ_ASSERT(stream_ != nullptr); }
  ~Zstd() override { ::ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  Result<Step> step(std::string_view in, std::span<char> out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t outcome = ::ZSTD_decompressStream(stream_, &to, &from);
    if (::ZSTD_isError(outcome) != 0) return fail(Code::compression_damaged);
    if (from.pos > 0 || to.pos > 0) is_complete_ = outcome == 0;
    return Step{from.pos, to.pos};
  }
  [[nodiscard]] bool is_complete() const override { return is_complete_; }

 private:
  ZSTD_DStream* stream_;
  bool is_complete_ = false;
};

}  // namespace

Compression compression_of(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1F\x8B")) return Compression::gzip;
  if (first_bytes.starts_with("\x28\xB5\x2F\xFD")) return Compression::zstd;
  return Compression::none;
}

std::unique_ptr<Inflater> make_inflater(Compression compression) {
  ALJ_ASSERT(compression != Compression::none);
  if (compression == Compression::gzip) return std::make_unique<Gzip>();
  return std::make_unique<Zstd>();
}

}  // namespace aljibe::format
