#include "pipeline/rejects.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "format/json_out.h"

namespace aljibe::pipeline {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 §4.
std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) { return at + i < bytes.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) : 0U; };
    const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (std::size_t i = 0; i < 4; ++i) text += at + i <= bytes.size() && (i == 0 || at + i - 1 < bytes.size()) ? alphabet[group >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const auto value = alphabet.find(letter);
    if (value == std::string_view::npos) break;
    group = group << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xFFU);
  }
  return bytes;
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  out += out.empty() ? '{' : ',';
  format::append_json_text(out, name);
  out += ':';
  format::append_json_text(out, text);
}

void append_number(std::string& out, std::string_view name, std::uint64_t number) {
  out += ',';
  format::append_json_text(out, name);
  out += ':' + std::to_string(number);
}

Code code_of(std::string_view text) {
  constexpr std::array names{
#define ALJ_ERROR(name, wire, status, exit_code, meaning) std::pair<std::string_view, Code>{#name, Code::name},
#include "base/error_table.inc"
#undef ALJ_ERROR
  };
  for (const auto& [name, code] : names) {
    if (name == text) return code;
  }
  return Code::internal;
}

std::unexpected<Error> unwritable(const std::string& path) {
  const int number = errno;
  return fail(number == ENOSPC || number == EFBIG ? Code::disk_full : Code::file_unwritable, path + " cannot be written: " + std::strerror(number));
}

}  // namespace

std::string to_json(const RejectLine& line) {
  const auto& [position, code, column, message, raw] = line.reject;
  std::string out;
  append_text(out, "run", line.run);
  append_text(out, "file", line.file);
  append_number(out, "record", position.record);
  append_number(out, "line", position.line);
  append_number(out, "byte_from", position.byte_from);
  append_number(out, "byte_to", position.byte_to);
  append_text(out, "column", column);
  append_text(out, "code", name(code));
  append_text(out, "message", message);
  if (simdjson::validate_utf8(raw.data(), raw.size())) append_text(out, "raw", raw);
  else append_text(out, "raw_base64", to_base64(raw));
  return out + "}";
}

Result<RejectLine> reject_from_json(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS) return fail(Code::json_invalid, "a line of the rejects file is not a JSON object");
  RejectLine line;
  for (const auto [key, value] : object) {
    std::string_view text;
    std::uint64_t number = 0;
    if (value.get(text) == simdjson::SUCCESS) {
      if (key == "run") line.run = text;
      if (key == "file") line.file = text;
      if (key == "column") line.reject.column = text;
      if (key == "code") line.reject.code = code_of(text);
      if (key == "message") line.reject.message = text;
      if (key == "raw") line.reject.raw = text;
      if (key == "raw_base64") line.reject.raw = from_base64(text);
    } else if (value.get(number) == simdjson::SUCCESS) {
      if (key == "record") line.reject.position.record = number;
      if (key == "line") line.reject.position.line = number;
      if (key == "byte_from") line.reject.position.byte_from = number;
      if (key == "byte_to") line.reject.position.byte_to = number;
    }
  }
  return line;
}

RejectsFile::RejectsFile(RejectsFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), bytes_(other.bytes_), pending_(std::move(other.pending_)) {}
RejectsFile& RejectsFile::operator=(RejectsFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(pending_, other.pending_);
  return *this;
}
RejectsFile::~RejectsFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<RejectsFile> RejectsFile::open(std::string path, std::uint64_t bytes) {
  RejectsFile file(std::move(path), bytes);
  struct stat found {};
  if (::stat(file.path_.c_str(), &found) != 0) {
    if (bytes == 0) return file;
    return fail(Code::source_changed, file.path_ + " is gone: the run that it belongs to cannot go on", {}, "start over with --restart");
  }
  if (static_cast<std::uint64_t>(found.st_size) < bytes) return fail(Code::source_changed, file.path_ + " was cut short: the run that it belongs to cannot go on", {}, "start over with --restart");
  if (bytes == 0) {
    ::unlink(file.path_.c_str());
    return file;
  }
  ALJ_TRY(file.create());
  return file;
}

Result<void> RejectsFile::create() {
  std::error_code ignored;
  const auto folder = std::filesystem::path(path_).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0 || ::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0 || ::lseek(descriptor_, 0, SEEK_END) < 0) return unwritable(path_);
  return {};
}

void RejectsFile::add(const RejectLine& line) { pending_ += to_json(line) + '\n'; }

Result<void> RejectsFile::flush() {
  if (pending_.empty()) return {};
  if (descriptor_ < 0) ALJ_TRY(create());
  std::string_view left = pending_;
  while (!left.empty()) {
    const auto written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return unwritable(path_);
    left.remove_prefix(static_cast<std::size_t>(written));
    bytes_ += static_cast<std::uint64_t>(written);
    pending_.erase(0, static_cast<std::size_t>(written));
    left = pending_;
  }
  return {};
}

}  // namespace aljibe::pipeline
