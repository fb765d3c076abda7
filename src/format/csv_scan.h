#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace aljibe::format {

/// The bytes that a scan looks for; '\0' in quote, delimiter or escape: there is none.
struct Marks {
  char quote = '"';
  char delimiter = ',';
  char record_end = '\n';
  char escape = '\0';
};

/// Offsets of every mark and carriage return in a block, ascending, relative to the block's first byte. Room before the first
/// one takes the marks of a record that began in an earlier block (negative offsets).
class MarkIndex {
 public:
  /// Empty, with room for `before` and `after` marks.
  void reserve(std::size_t before, std::size_t after);
  [[nodiscard]] const std::int32_t* begin() const { return storage_.get() + first_; }
  [[nodiscard]] std::int32_t* end() { return storage_.get() + last_; }
  [[nodiscard]] std::size_t room_before() const { return first_; }
  void set_end(const std::int32_t* end) { last_ = static_cast<std::size_t>(end - storage_.get()); }
  void prepend(std::int32_t mark) { storage_[--first_] = mark; }
  /// A mark past everything, so that walks stop.
  void terminate(std::int32_t mark) { storage_[last_] = mark; }

 private:
  std::unique_ptr<std::int32_t[]> storage_;
  std::size_t capacity_ = 0;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

/// What a block means if it begins outside (lane 0) or inside (lane 1) quotes. Exact when `regular`: every quote opens a field,
/// closes one or is doubled inside one.
struct Lane {
  bool regular = true;
  bool ends_in_quotes = false;
  std::int32_t first_end = -1;  // of the first record end outside quotes; -1: none
  std::int32_t last_end = -1;
  std::uint64_t records = 0;    // record ends outside quotes that end no blank line
};

struct ScanResult {
  std::array<Lane, 2> lanes;
  std::uint64_t record_ends = 0;  // inside quotes too
  bool has_nul = false;
  bool has_high = false;          // some byte is not ASCII
};

/// The two bytes before a block; at the start of the source, two record ends.
struct Before {
  char last = '\n';
  char second_last = '\n';
};

/// Which instructions scan.
enum class Path : std::uint8_t { portable, avx2, avx512 };
/// The fastest that this processor has.
Path fastest_path();
bool is_available(Path path);

/// Finds every mark of `bytes` and both lanes. Reads, and ignores, up to 64 bytes past the end. Every path gives equal results.
ScanResult scan(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index, Path path);

}  // namespace aljibe::format
