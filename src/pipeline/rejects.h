#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/batch.h"

namespace aljibe::pipeline {

/// One line of a rejects file: all that is needed to understand, mend and replay a record.
struct RejectLine {
  std::string run;
  std::string file;
  model::Reject reject;
};

/// JSON without the line break: run, file, record, line, byte_from, byte_to, column, code, message, and raw, or raw_base64 where the
/// record's bytes are not UTF-8.
std::string to_json(const RejectLine& line);
/// Errors: json_invalid.
Result<RejectLine> reject_from_json(std::string_view json);

/// rejects/RUN-TABLE.jsonl, written before the ledger line that counts its bytes; made with the first reject.
class RejectsFile {
 public:
  /// `bytes` of it stand in the ledger: what was written after them is cut off.
  /// Errors: file_unwritable; source_changed when the file has fewer bytes.
  static Result<RejectsFile> open(std::string path, std::uint64_t bytes);
  RejectsFile(RejectsFile&& other) noexcept;
  RejectsFile& operator=(RejectsFile&& other) noexcept;
  RejectsFile(const RejectsFile&) = delete;
  RejectsFile& operator=(const RejectsFile&) = delete;
  ~RejectsFile();

  void add(const RejectLine& line);
  /// Everything added is with the system. Errors: file_unwritable, disk_full.
  Result<void> flush();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_ + pending_.size(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  RejectsFile(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}
  Result<void> create();

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  std::string pending_;
};

}  // namespace aljibe::pipeline
