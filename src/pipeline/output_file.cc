#include "pipeline/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace aljibe::pipeline {
namespace {

std::unexpected<Error> failure(const std::string& path, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT;
  return fail(is_full ? Code::disk_full : Code::file_unwritable, "Cannot write " + path + ": " + std::generic_category().message(error) + ".");
}

}  // namespace

Result<OutputFile> OutputFile::create(std::string path) {
  constexpr mode_t mode = 0644;
  const int descriptor = ::open((path + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (descriptor < 0) return failure(path, errno);
  return OutputFile(std::move(path), descriptor);
}

OutputFile::OutputFile(OutputFile&& other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(part().c_str());
}

Result<void> OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> OutputFile::publish() {
  const bool is_closed = ::close(std::exchange(descriptor_, -1)) == 0;
  if (is_closed && std::rename(part().c_str(), path_.c_str()) == 0) return {};
  const int error = errno;
  ::unlink(part().c_str());
  return failure(path_, error);
}

Result<void> make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return failure(path, error.value());
  return {};
}

}  // namespace aljibe::pipeline
