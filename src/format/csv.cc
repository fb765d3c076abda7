#include "format/csv.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/assert.h"
#include "format/csv_split.h"
#include "format/detail/csv_raw.h"
#include "format/detail/csv_walk.h"

namespace aljibe::format {
namespace detail {

std::size_t unescape(const char* bytes, Span span, const Dialect& dialect, char* to) {
  char* const start = to;
  std::int32_t at = span.begin;
  bool in_quotes = span.shape == Shape::escaped;
  if (span.shape == Shape::ragged) {
    in_quotes = true;
    ++at;
  }
  for (; at < span.end; ++at) {
    const char byte = bytes[at];
    const char next = at + 1 < span.end ? bytes[at + 1] : '\0';
    if (in_quotes && byte == dialect.quote) {
      if (at + 1 < span.end && next == dialect.quote) {
        *to++ = byte;
        ++at;
      } else {
        in_quotes = false;
      }
    } else if (in_quotes && byte == '\\' && dialect.escape == Escape::backslash && (next == dialect.quote || next == '\\')) {
      *to++ = next;
      ++at;
    } else {
      *to++ = byte;
    }
  }
  return static_cast<std::size_t>(to - start);
}

std::string too_large_message(std::size_t record_bytes_max) {
  return fmt::format("The record has more than {} bytes; its first {} are kept.", record_bytes_max, raw_bytes_kept(record_bytes_max));
}

}  // namespace detail

namespace {

using detail::Outcome;
using detail::Shape;
using detail::Span;
using detail::Walked;
using detail::Walker;

/// Turns walked records into rows and rejects.
class Decoder {
 public:
  Decoder(const char* bytes, const Dialect& dialect, std::span<const std::string> columns, std::size_t record_bytes_max, RowMaker& maker, Decoded& out)
      : bytes_(bytes), dialect_(dialect), columns_(columns), record_bytes_max_(record_bytes_max), maker_(maker), out_(out) {
    cells_.resize(columns.size());
  }

  void take(const Walked& walked, const model::Position& position, std::int32_t begin, const std::vector<Span>& spans, bool check_text) {
    const std::string_view raw(bytes_ + begin, static_cast<std::size_t>(walked.text_end - begin));
    auto fault = damage(walked, raw, spans, check_text);
    if (!fault) {
      make_cells(spans);
      fault = maker_.make(cells_, position, arena_, out_.batch.values.data() + rows_ * out_.batch.columns_count);
    }
    if (!fault) {
      out_.batch.positions.push_back(position);
      ++rows_;
      return;
    }
    const std::size_t kept = fault->code == Code::row_too_large ? detail::raw_bytes_kept(record_bytes_max_) : raw.size();
    out_.rejects.push_back({position, fault->code, std::move(fault->column), std::move(fault->message), std::string(raw.substr(0, kept))});
  }

  void finish() {
    out_.batch.values.resize(rows_ * out_.batch.columns_count);
    out_.batch.arena = arena_.release();
  }

 private:
  std::optional<Fault> damage(const Walked& walked, std::string_view raw, const std::vector<Span>& spans, bool check_text) const {
    if (walked.outcome == Outcome::cut_short) {
      if (walked.fault == Code::row_too_large) return Fault{walked.fault, {}, detail::too_large_message(record_bytes_max_)};
      return Fault{walked.fault, column_at(spans.size() - 1), "The quote that opens this field is never closed; reading goes on at the next line."};
    }
    if (check_text) {
      if (auto fault = damaged_text(raw, spans)) return fault;
    }
    if (walked.stray_return) {
      return Fault{Code::line_break_stray, stray_column(spans, '\r'), "A carriage return stands alone; records end with a line feed."};
    }
    if (walked.stray_quote && dialect_.stray_quote == StrayQuote::rejected) {
      return Fault{Code::quote_stray, stray_column(spans, dialect_.quote), "A quote stands in the middle of a field."};
    }
    if (walked.fields == columns_.size()) return std::nullopt;
    return Fault{walked.fields < columns_.size() ? Code::row_short : Code::row_long, {},
                 fmt::format("{} fields where {} are expected.", walked.fields, columns_.size())};
  }

  [[nodiscard]] std::string_view text_of(const Span& span) const {
    return {bytes_ + span.begin, static_cast<std::size_t>(span.end - span.begin)};
  }
  [[nodiscard]] std::string column_at(std::size_t index) const { return index < columns_.size() ? columns_[index] : std::string(); }

  template <class Predicate>
  [[nodiscard]] std::string first_column(const std::vector<Span>& spans, Predicate is_damaged) const {
    const auto found = std::ranges::find_if(spans, [&](const Span& span) { return is_damaged(text_of(span)); });
    return column_at(static_cast<std::size_t>(found - spans.begin()));
  }

  [[nodiscard]] std::string stray_column(const std::vector<Span>& spans, char byte) const {
    return column_at(static_cast<std::size_t>(std::ranges::find_if(spans, [&](const Span& span) {
      return (span.shape == Shape::plain || span.shape == Shape::ragged) && text_of(span).find(byte) != std::string_view::npos;
    }) - spans.begin()));
  }

  [[nodiscard]] std::optional<Fault> damaged_text(std::string_view raw, const std::vector<Span>& spans) const {
    if (raw.find('\0') != std::string_view::npos) {
      return Fault{Code::nul_byte, first_column(spans, [](std::string_view text) { return text.find('\0') != std::string_view::npos; }),
                   "The field holds a NUL byte."};
    }
    if (simdjson::validate_utf8(raw.data(), raw.size())) return std::nullopt;
    return Fault{Code::utf8_invalid, first_column(spans, [](std::string_view text) { return !simdjson::validate_utf8(text.data(), text.size()); }),
                 "The field is not valid UTF-8."};
  }

  /// There are as many spans as columns.
  void make_cells(const std::vector<Span>& spans) {
    Cell* cell = cells_.data();
    for (const Span& span : spans) {
      *cell = {text_of(span), span.shape != Shape::plain};
      if (span.shape > Shape::quoted) {
        char* text = arena_.take(cell->text.size());
        cell->text = {text, detail::unescape(bytes_, span, dialect_, text)};
      }
      ++cell;
    }
  }

  const char* bytes_;
  const Dialect& dialect_;
  std::span<const std::string> columns_;
  std::size_t record_bytes_max_;
  RowMaker& maker_;
  Decoded& out_;
  Arena arena_;
  std::vector<Cell> cells_;
  std::size_t rows_ = 0;
};

std::string field_text(const char* bytes, const Span& span, const Dialect& dialect) {
  std::string text(bytes + span.begin, static_cast<std::size_t>(span.end - span.begin));
  if (span.shape == Shape::escaped || span.shape == Shape::ragged) text.resize(detail::unescape(bytes, span, dialect, text.data()));
  return text;
}

Code fault_of(const Walked& walked, const Dialect& dialect) {
  if (walked.outcome == Outcome::cut_short) return walked.fault;
  if (walked.stray_return) return Code::line_break_stray;
  if (walked.stray_quote && dialect.stray_quote == StrayQuote::rejected) return Code::quote_stray;
  return Code::internal;
}

}  // namespace

detail::Walker Block::walker(const Dialect& dialect) const {
  return {bytes(), index_.begin(), static_cast<std::int32_t>(size_), dialect, follows_, record_bytes_max_};
}

bool Block::needs_text_check() const {
  return scanned_.has_nul || (scanned_.has_high && !simdjson::validate_utf8(bytes() + from_, static_cast<std::size_t>(to_ - from_)));
}

Decoded decode(Block& block, const Dialect& dialect, std::span<const std::string> columns, RowMaker& maker) {
  Decoded out;
  out.rejects = std::move(block.rejects_);
  out.batch.columns_count = maker.columns_count();
  out.batch.values.resize(block.records_ * out.batch.columns_count);
  out.batch.positions.reserve(block.records_);
  out.batch.bytes = block.storage_;
  const bool check_text = block.needs_text_check();

  std::vector<Span> spans;
  spans.reserve(std::max<std::size_t>(columns.size(), 1));
  Decoder decoder(block.bytes(), dialect, columns, block.record_bytes_max_, maker, out);
  Walker walker = block.walker(dialect);
  model::Position position = block.start_;
  for (std::int32_t at = block.from_; at < block.to_;) {
    spans.clear();
    const Walked walked = walker.next(at, &spans);
    ALJ_ASSERT(walked.outcome != Outcome::incomplete && walked.end <= block.to_);
    position.byte_to = position.byte_from + static_cast<std::uint64_t>(walked.end - at);
    if (!walked.is_blank(at)) {
      ++position.record;
      decoder.take(walked, position, at, spans, check_text);
    }
    position.byte_from = position.byte_to;
    position.line += walked.record_ends;
    at = walked.end;
  }
  decoder.finish();
  return out;
}

namespace {

constexpr std::size_t fields_kept = 4096;

/// Walks from `position` on and keeps what it finds, until `to` or `records_max`.
std::vector<Record> collect(const char* bytes, Walker& walker, std::int32_t from, std::int32_t to, model::Position position, const Dialect& dialect,
                            std::size_t records_max) {
  std::vector<Record> records;
  std::vector<Span> spans;
  spans.reserve(fields_kept);
  for (std::int32_t at = from; at < to && records.size() < records_max;) {
    spans.clear();
    const Walked walked = walker.next(at, &spans);
    if (walked.outcome == Outcome::incomplete) break;
    position.byte_to = position.byte_from + static_cast<std::uint64_t>(walked.end - at);
    if (!walked.is_blank(at)) {
      ++position.record;
      Record& record = records.emplace_back(Record{position, {}, {}, fault_of(walked, dialect)});
      for (const Span& span : spans) {
        record.fields.push_back(field_text(bytes, span, dialect));
        record.quoted.push_back(span.shape != Shape::plain);
      }
    }
    position.byte_from = position.byte_to;
    position.line += walked.record_ends;
    at = walked.end;
  }
  return records;
}

}  // namespace

std::vector<Record> read_records(std::string_view bytes, const Dialect& dialect, End end, std::size_t records_max) {
  std::string padded(bytes);
  padded.append(padding_bytes, '\0');
  MarkIndex index;
  index.reserve(0, bytes.size());
  scan({padded.data(), bytes.size()}, marks_of(dialect), {}, index, fastest_path());
  index.terminate(INT32_MAX);
  const auto size = static_cast<std::int32_t>(bytes.size());
  Walker walker(padded.data(), index.begin(), size, dialect, end, bytes.size());
  return collect(padded.data(), walker, 0, size, {.record = 0, .line = 1, .byte_from = 0, .byte_to = 0}, dialect, records_max);
}

std::vector<Record> records_of(const Block& block, const Dialect& dialect) {
  Walker walker = block.walker(dialect);
  return collect(block.bytes(), walker, block.from(), block.to(), block.start(), dialect, SIZE_MAX);
}

}  // namespace aljibe::format
