#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace aljibe::io {

/// A regular file or pipe, open for reading.
class File {
 public:
  /// Errors: file_unreadable, with the system's reason.
  static Result<File> open(const std::string& path);

  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  /// Reads until `to` is full or the file ends; how many bytes it read. Threads: any, at once.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> to) const;
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Modification time in nanoseconds since 1970, as it was when the file was opened.
  [[nodiscard]] std::int64_t modified() const { return modified_; }

 private:
  File(int descriptor, std::string path, std::uint64_t size, std::int64_t modified);

  int descriptor_ = -1;
  std::string path_;
  std::uint64_t size_ = 0;
  std::int64_t modified_ = 0;
};

}  // namespace aljibe::io
