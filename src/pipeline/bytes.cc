#include "pipeline/bytes.h"

#include <string>
#include <utility>

namespace aljibe::pipeline {
namespace {

class FileBytes final : public ByteSource {
 public:
  FileBytes(std::shared_ptr<const io::File> file, std::uint64_t offset) : file_(std::move(file)), offset_(offset) {}
  Result<std::size_t> read(std::span<char> to) override {
    const std::size_t size = ALJ_TRY(file_->read_at(offset_, to));
    offset_ += size;
    return size;
  }

 private:
  std::shared_ptr<const io::File> file_;
  std::uint64_t offset_;
};

class InflatedBytes final : public ByteSource {
 public:
  InflatedBytes(std::unique_ptr<ByteSource> from, format::Compression compression) : from_(std::move(from)), inflater_(format::make_inflater(compression)) {}

  Result<std::size_t> read(std::span<char> to) override {
    std::size_t written = 0;
    while (written < to.size()) {
      if (left_.empty()) ALJ_TRY(refill());
      const auto step = ALJ_TRY(inflater_->step(left_, to.subspan(written)));
      left_.remove_prefix(step.read);
      written += step.written;
      if (step.read > 0 || step.written > 0) continue;
      if (inflater_->is_complete() && left_.empty()) return written;
      return fail(Code::compression_damaged, "The compressed file ends too early.");
    }
    return written;
  }

 private:
  Result<void> refill() {
    compressed_.resize(compressed_bytes);
    compressed_.resize(ALJ_TRY(from_->read(compressed_)));
    left_ = compressed_;
    return {};
  }

  static constexpr std::size_t compressed_bytes = 256 * 1024;
  std::unique_ptr<ByteSource> from_;
  std::unique_ptr<format::Inflater> inflater_;
  std::string compressed_;
  std::string_view left_;  // of compressed_
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> to) override {
    const std::size_t size = bytes_.copy(to.data(), to.size());
    bytes_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

std::unique_ptr<ByteSource> bytes_of(std::shared_ptr<const io::File> file, std::uint64_t offset) {
  return std::make_unique<FileBytes>(std::move(file), offset);
}

std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> compressed, format::Compression compression) {
  return std::make_unique<InflatedBytes>(std::move(compressed), compression);
}

std::unique_ptr<ByteSource> bytes_of(std::string_view bytes) { return std::make_unique<MemoryBytes>(bytes); }

}  // namespace aljibe::pipeline
