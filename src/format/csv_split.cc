// Which thread decodes which record. Blocks are scanned by any thread in any order; a Splitter then passes over them in source
// order and does very little for each. It knows one thing about the start of a block: whether it lies inside quotes. The scan has
// prepared both answers (lanes 0 and 1), so a regular block costs a few additions and the copy of the record that it leaves
// unfinished. That parities compose like this is why no thread has to guess. A block whose quotes are not regular is walked
// from mark to mark here, in order; that is an order of magnitude faster than decoding it, so the other threads stay busy.
#include "format/csv_split.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "format/detail/csv_raw.h"
#include "format/detail/csv_walk.h"

namespace aljibe::format {
namespace {

constexpr std::size_t headroom_bytes = 16 * 1024;  // records longer than this move their block to other memory

std::uint64_t count(std::string_view text, char byte) { return static_cast<std::uint64_t>(std::ranges::count(text, byte)); }

}  // namespace

Marks marks_of(const Dialect& dialect) {
  return {.quote = dialect.quote,
          .delimiter = dialect.delimiter,
          .record_end = dialect.record_end(),
          .escape = dialect.quote != '\0' && dialect.escape == Escape::backslash ? '\\' : '\0'};
}

Block::Block(std::size_t bytes_max)
    : storage_(std::make_shared_for_overwrite<char[]>(storage_bytes(bytes_max))), base_(headroom_bytes), bytes_max_(bytes_max) {}

std::size_t Block::storage_bytes(std::size_t bytes_max) { return headroom_bytes + bytes_max + padding_bytes; }

void Block::renew(std::shared_ptr<char[]> storage) {
  storage_ = std::move(storage);
  base_ = headroom_bytes;
}

void Block::scan(std::size_t size, Before before, const Dialect& dialect, Path path) {
  ALJ_ASSERT(size <= bytes_max_);
  size_ = size;
  std::memset(storage_.get() + base_ + size, 0, padding_bytes);
  index_.reserve(headroom_bytes, size);
  scanned_ = format::scan(text(), marks_of(dialect), before, index_, path);
  from_ = to_ = 0;
}

/// Puts the bytes of an unfinished record before the block, with their marks.
void Block::prepend(std::string_view carry, const Marks& marks) {
  from_ = -static_cast<std::int32_t>(carry.size());
  if (carry.empty()) return;
  if (carry.size() > base_) {
    auto roomier = std::make_shared_for_overwrite<char[]>(carry.size() + bytes_max_ + padding_bytes);
    std::memcpy(roomier.get() + carry.size(), bytes(), size_ + padding_bytes);
    storage_ = std::move(roomier);
    base_ = carry.size();
  }
  std::memcpy(storage_.get() + base_ - carry.size(), carry.data(), carry.size());
  MarkIndex before;
  before.reserve(0, carry.size());
  const ScanResult scanned = format::scan({bytes() - carry.size(), carry.size()}, marks, {}, before, fastest_path());
  scanned_.has_nul |= scanned.has_nul;
  scanned_.has_high |= scanned.has_high;
  const auto marks_count = static_cast<std::size_t>(before.end() - before.begin());
  if (marks_count > index_.room_before()) {
    MarkIndex roomier;
    roomier.reserve(marks_count, static_cast<std::size_t>(index_.end() - index_.begin()));
    roomier.set_end(std::copy(index_.begin(), static_cast<const std::int32_t*>(index_.end()), roomier.end()));
    index_ = std::move(roomier);
  }
  for (const std::int32_t* mark = before.end(); mark != before.begin();) index_.prepend(*--mark + from_);
}

Splitter::Splitter(const Dialect& dialect, const model::Position& start, std::size_t record_bytes_max)
    : dialect_(dialect), marks_(marks_of(dialect)), record_bytes_max_(record_bytes_max), next_(start) {}

void Splitter::cut(Block& block, End follows) {
  block.follows_ = follows;
  block.record_bytes_max_ = record_bytes_max_;
  block.records_ = 0;
  block.rejects_.clear();
  block.index_.terminate(INT32_MAX);
  block.start_ = next_;
  block.byte_from_ = next_.byte_from;
  if (skips_) {
    skip_oversized(block, follows);
  } else {
    cut_kept(block, follows);
  }
  block.byte_to_ = next_.byte_from;
  block.end_ = next_;
}

void Splitter::cut_kept(Block& block, End follows) {
  const Lane& lane = block.scanned_.lanes[in_quotes_ ? 1 : 0];
  const std::size_t first_record_bytes = carry_.size() + (lane.first_end < 0 ? block.size_ : static_cast<std::size_t>(lane.first_end));
  if (is_regular_ && lane.regular && follows == End::more_follows && first_record_bytes < record_bytes_max_) {
    cut_by_parity(block);
  } else {
    block.prepend(carry_, marks_);
    cut_exactly(block, block.from_);
  }
}

void Splitter::cut_by_parity(Block& block) {
  const Lane& lane = block.scanned_.lanes[in_quotes_ ? 1 : 0];
  in_quotes_ = lane.ends_in_quotes;
  if (lane.first_end < 0) {
    carry_.append(block.text());
    return;
  }
  const std::uint64_t lines = count(carry_, marks_.record_end) + block.scanned_.record_ends;
  block.prepend(carry_, marks_);
  block.to_ = lane.last_end + 1;
  block.records_ = lane.records;
  next_.record += lane.records;
  next_.byte_from += carry_.size() + static_cast<std::uint64_t>(block.to_);
  keep_rest(block, block.to_);
  next_.line += lines - count(carry_, marks_.record_end);
}

void Splitter::cut_exactly(Block& block, std::int32_t begin) {
  const auto end = static_cast<std::int32_t>(block.size_);
  detail::Walker walker(block.bytes(), block.index_.begin(), end, dialect_, block.follows_, record_bytes_max_);
  std::int32_t at = begin;
  in_quotes_ = false;
  is_regular_ = true;
  while (at < end) {
    const detail::Walked walked = walker.next(at, nullptr);
    if (walked.outcome == detail::Outcome::incomplete) {
      in_quotes_ = walked.in_quotes;
      is_regular_ = !walked.stray_quote;
      skips_ = walked.fault == Code::row_too_large;
      break;
    }
    if (!walked.is_blank(at)) ++block.records_;
    next_.line += walked.record_ends;
    at = walked.end;
  }
  block.from_ = begin;
  block.to_ = at;
  next_.record += block.records_;
  next_.byte_from += static_cast<std::uint64_t>(at - begin);
  keep_rest(block, at);
  if (!skips_) return;
  skipped_bytes_ = carry_.size();
  skipped_lines_ = count(carry_, marks_.record_end);
  carry_.resize(std::min(carry_.size(), detail::raw_bytes_kept(record_bytes_max_)));
}

void Splitter::skip_oversized(Block& block, End follows) {
  const std::size_t found = block.text().find(marks_.record_end);
  const bool ends = found != std::string_view::npos || follows == End::end_of_source;
  const std::size_t taken = found == std::string_view::npos ? block.size_ : found + 1;
  skipped_bytes_ += taken;
  if (found != std::string_view::npos) ++skipped_lines_;
  if (!ends) return;
  model::Position position = next_;
  ++position.record;
  position.byte_to = position.byte_from + skipped_bytes_;
  block.rejects_.push_back({position, Code::row_too_large, {}, detail::too_large_message(record_bytes_max_), std::move(carry_)});
  carry_.clear();
  skips_ = false;
  next_ = {position.record, position.line + skipped_lines_, position.byte_to, 0};
  block.start_ = next_;
  cut_exactly(block, static_cast<std::int32_t>(taken));
}

void Splitter::keep_rest(Block& block, std::int32_t from) {
  carry_.assign(block.bytes() + from, block.bytes() + block.size_);
}

}  // namespace aljibe::format
