#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/csv.h"
#include "format/csv_scan.h"
#include "model/batch.h"

namespace aljibe::format {

namespace detail {
class Walker;
}

/// Bytes of a source between two arbitrary offsets, and after Splitter::cut the whole records that end among them:
///
///     room for the record that  |  the bytes read            |  padding
///     began in earlier blocks   |  (offset 0)                |
///                 [from ────────┼────────────── to)
class Block {
 public:
  explicit Block(std::size_t bytes_max);

  /// Other memory, so that what was decoded may go on viewing the old one. `storage` has storage_bytes(bytes_max) bytes.
  void renew(std::shared_ptr<char[]> storage);
  static std::size_t storage_bytes(std::size_t bytes_max);

  /// Where to read to; at most bytes_max.
  [[nodiscard]] std::span<char> room() { return {storage_.get() + base_, bytes_max_}; }
  /// Says that the first `size` bytes of room() are read and which bytes stood before them, and finds the marks.
  void scan(std::size_t size, Before before, const Dialect& dialect, Path path = fastest_path());

  [[nodiscard]] const char* bytes() const { return storage_.get() + base_; }
  [[nodiscard]] std::string_view text() const { return {bytes(), size_}; }
  [[nodiscard]] std::uint64_t byte_from() const { return byte_from_; }
  [[nodiscard]] std::uint64_t byte_to() const { return byte_to_; }
  /// The records' bytes; the first of them stands at records_from() in the source.
  [[nodiscard]] std::string_view records() const { return {bytes() + from_, static_cast<std::size_t>(to_ - from_)}; }
  [[nodiscard]] std::uint64_t records_from() const { return start_.byte_from; }
  /// Where to go on after this block, as StreamOptions::start.
  [[nodiscard]] const model::Position& end() const { return end_; }
  /// After the cut: offsets of the whole records, and where the first of them stands (its record number is that of the one before).
  [[nodiscard]] std::int32_t from() const { return from_; }
  [[nodiscard]] std::int32_t to() const { return to_; }
  [[nodiscard]] const model::Position& start() const { return start_; }
  [[nodiscard]] detail::Walker walker(const Dialect& dialect) const;
  /// Whether some record may hold a NUL or invalid UTF-8.
  [[nodiscard]] bool needs_text_check() const;

 private:
  friend class Splitter;
  friend Decoded decode(Block& block, const Dialect& dialect, std::span<const std::string> columns, RowMaker& maker);

  void prepend(std::string_view carry, const Marks& marks);

  std::shared_ptr<char[]> storage_;
  std::size_t base_ = 0;
  std::size_t bytes_max_ = 0;
  std::size_t size_ = 0;
  MarkIndex index_;
  ScanResult scanned_;
  // Set by Splitter::cut.
  std::int32_t from_ = 0;
  std::int32_t to_ = 0;
  End follows_ = End::more_follows;
  std::size_t record_bytes_max_ = 0;
  std::uint64_t records_ = 0;      // in [from, to)
  model::Position start_;          // of the first record; its record number is that of the record before
  std::uint64_t byte_from_ = 0;
  std::uint64_t byte_to_ = 0;
  model::Position end_;
  std::vector<model::Reject> rejects_;  // records whose bytes could not be kept
};

/// Cuts blocks, taken in source order, at record ends: by quote parity where quoting is regular, else by the exact automaton.
/// Which records come out does not depend on where blocks end, as long as each has at most record_bytes_max / 2 bytes.
class Splitter {
 public:
  /// `start`: byte_from and line of the first record, and the number of the record before it.
  Splitter(const Dialect& dialect, const model::Position& start, std::size_t record_bytes_max);

  /// `block` has been scanned. With End::end_of_source it takes what is left.
  void cut(Block& block, End follows);

 private:
  void cut_kept(Block& block, End follows);
  void cut_by_parity(Block& block);
  void cut_exactly(Block& block, std::int32_t begin);
  void skip_oversized(Block& block, End follows);
  void keep_rest(Block& block, std::int32_t from);

  Dialect dialect_;
  Marks marks_;
  std::size_t record_bytes_max_;
  model::Position next_;    // as Block::start_, of what is carried
  std::string carry_;       // the bytes of a record that has not ended yet
  bool in_quotes_ = false;
  bool is_regular_ = true;  // the carried bytes, so that parity may go on from them
  bool skips_ = false;      // the carried record is too large: its end is looked for, its bytes are gone
  std::uint64_t skipped_bytes_ = 0;
  std::uint64_t skipped_lines_ = 0;
};

Marks marks_of(const Dialect& dialect);

}  // namespace aljibe::format
