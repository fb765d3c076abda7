#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::pipeline {

/// A file that appears under its name only when it is whole: it is written beside it, as NAME.part, and renamed by `publish`.
/// Dropped without `publish`, the part is removed.
class OutputFile {
 public:
  /// Errors: file_unwritable.
  static Result<OutputFile> create(std::string path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();

  /// Errors: disk_full, file_unwritable.
  Result<void> write(std::string_view bytes);
  Result<void> publish();

 private:
  OutputFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  [[nodiscard]] std::string part() const { return path_ + ".part"; }

  std::string path_;
  int descriptor_ = -1;
};

/// Makes a folder and those above it.
/// Errors: file_unwritable.
Result<void> make_directory(const std::string& path);

}  // namespace aljibe::pipeline
