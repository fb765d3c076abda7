#include "pipeline/bytes.h"

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

std::unique_ptr<ByteSource> bytes_of(std::string_view bytes) { return std::make_unique<MemoryBytes>(bytes); }

}  // namespace aljibe::pipeline
