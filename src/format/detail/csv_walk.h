// The exact automaton: from mark to mark, never from byte to byte. What stands between two marks cannot change its state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/csv.h"

namespace aljibe::format::detail {

enum class Shape : std::uint8_t {
  plain,    // its text is the bytes [begin, end)
  quoted,   // its text is the bytes [begin, end), between the quotes
  escaped,  // the same, with doubled or escaped quotes inside
  ragged,   // [begin, end) begins with a quote, and text stands after the one that closes it
};

/// Bytes of a field, as offsets like those of the index.
struct Span {
  std::int32_t begin = 0;
  std::int32_t end = 0;
  Shape shape = Shape::plain;
};

enum class Outcome : std::uint8_t { whole, cut_short, incomplete };

/// One record between its first byte and one past its record end.
struct Walked {
  Outcome outcome = Outcome::incomplete;
  std::int32_t end = 0;          // one past the record end
  std::int32_t text_end = 0;     // without the record end
  std::uint32_t record_ends = 0; // line breaks in [begin, end)
  std::uint32_t fields = 0;
  bool stray_quote = false;
  bool stray_return = false;
  bool in_quotes = false;        // when incomplete
  Code fault = Code::internal;   // quote_open or row_too_large when cut_short; row_too_large too when incomplete beyond the limit

  [[nodiscard]] bool is_blank(std::int32_t begin) const { return outcome == Outcome::whole && text_end == begin; }
};

/// Walks along an index over `bytes`, whose offset 0 is the block's first byte; negative offsets are bytes too.
class Walker {
 public:
  Walker(const char* bytes, const std::int32_t* marks, std::int32_t end, const Dialect& dialect, End follows, std::size_t record_bytes_max)
      : bytes_(bytes), mark_(marks), end_(end), dialect_(dialect), record_end_(dialect.record_end()), follows_(follows),
        record_bytes_max_(static_cast<std::int64_t>(record_bytes_max)) {}

  /// The record that begins at `begin`, where the previous one ended. Fields past fields->capacity() are counted only.
  Walked next(std::int32_t begin, std::vector<Span>* fields) {
    Walked walked;
    begin_ = begin;
    while (*mark_ < begin) ++mark_;
    stop_ = static_cast<std::int32_t>(std::min<std::int64_t>(end_, begin + record_bytes_max_));
    const std::int32_t* first_mark = mark_;
    std::int32_t at = begin;
    for (;;) {
      const Step step = is_quote(at) ? quoted_field(walked, fields) : plain_field(at, at, Shape::plain, walked, fields);
      if (step == Step::field) {
        at = next_field_;
        continue;
      }
      if (step == Step::record) return walked;
      return stop_ < end_ || follows_ == End::end_of_source ? close_or_cut(step, first_mark, walked, fields) : incomplete(step, walked);
    }
  }

 private:
  enum class Step : std::uint8_t { field, record, out_of_bytes, out_of_bytes_in_quotes };

  [[nodiscard]] bool is_quote(std::int32_t at) {
    skipped_to_ = at;
    if (dialect_.quote == '\0') return false;
    if (dialect_.leading_space == LeadingSpace::skipped && at > begin_) {
      while (at < stop_ && bytes_[at] == ' ') ++at;
    }
    skipped_to_ = at;
    return at < stop_ && bytes_[at] == dialect_.quote;
  }

  static void keep(std::vector<Span>* fields, Span span, Walked& walked) {
    ++walked.fields;
    if (fields != nullptr && fields->size() < fields->capacity()) fields->push_back(span);
  }

  /// A field that begins at `begin` and has been read as text up to `at`.
  Step plain_field(std::int32_t begin, std::int32_t at, Shape shape, Walked& walked, std::vector<Span>* fields) {
    if (shape == Shape::plain && dialect_.leading_space == LeadingSpace::skipped && skipped_to_ > begin) begin = at = skipped_to_;
    while (*mark_ < at) ++mark_;
    for (; *mark_ < stop_; ++mark_) {
      const std::int32_t mark = *mark_;
      const char byte = bytes_[mark];
      if (byte == record_end_) {
        const bool has_return = record_end_ == '\n' && mark > begin && bytes_[mark - 1] == '\r';
        return finish_record({begin, has_return ? mark - 1 : mark, shape}, mark + 1, walked, fields);
      }
      if (byte == dialect_.delimiter) {
        keep(fields, {begin, mark, shape}, walked);
        next_field_ = mark + 1;
        ++mark_;
        return Step::field;
      }
      if (byte == dialect_.quote) walked.stray_quote = true;
      if (byte == '\r' && !(mark + 1 < end_ && bytes_[mark + 1] == '\n')) walked.stray_return = true;
    }
    open_ = {begin, stop_, shape};
    return Step::out_of_bytes;
  }

  Step quoted_field(Walked& walked, std::vector<Span>* fields) {
    const std::int32_t quote = skipped_to_;
    while (*mark_ <= quote) ++mark_;
    Shape shape = Shape::quoted;
    for (;; ++mark_) {
      const std::int32_t mark = *mark_;
      if (mark >= stop_) break;
      const char byte = bytes_[mark];
      if (byte == dialect_.quote) {
        if (mark + 1 >= stop_ || bytes_[mark + 1] != dialect_.quote) break;
        shape = Shape::escaped;
        ++mark_;
      } else if (byte == record_end_) {
        ++walked.record_ends;
      } else if (byte == '\\' && dialect_.escape == Escape::backslash && mark + 1 < stop_) {
        shape = Shape::escaped;
        if (mark_[1] == mark + 1) {
          if (bytes_[mark + 1] == record_end_) ++walked.record_ends;
          ++mark_;
        }
      }
    }
    open_ = {quote, stop_, Shape::ragged};
    if (*mark_ >= stop_) return Step::out_of_bytes_in_quotes;
    return after_closing(quote, *mark_++, shape, walked, fields);
  }

  Step after_closing(std::int32_t quote, std::int32_t closing, Shape shape, Walked& walked, std::vector<Span>* fields) {
    const Span span{quote + 1, closing, shape};
    const std::int32_t after = closing + 1;
    if (after >= stop_) {
      open_ = span;
      return Step::out_of_bytes;
    }
    if (bytes_[after] == record_end_) return finish_record(span, after + 1, walked, fields);
    if (bytes_[after] == dialect_.delimiter) {
      keep(fields, span, walked);
      next_field_ = after + 1;
      ++mark_;
      return Step::field;
    }
    if (record_end_ == '\n' && bytes_[after] == '\r') {
      const bool is_last = after + 1 >= stop_;
      if (is_last && (stop_ < end_ || follows_ == End::more_follows)) {
        open_ = span;
        return Step::out_of_bytes;
      }
      if (!is_last && bytes_[after + 1] == '\n') {
        ++mark_;
        return finish_record(span, after + 2, walked, fields);
      }
    }
    walked.stray_quote = true;
    return plain_field(quote, after, Shape::ragged, walked, fields);
  }

  Step finish_record(Span last, std::int32_t end, Walked& walked, std::vector<Span>* fields) {
    keep(fields, last, walked);
    ++mark_;
    ++walked.record_ends;
    walked.outcome = Outcome::whole;
    walked.end = end;
    walked.text_end = end - 1 - (record_end_ == '\n' && end - 1 > begin_ && bytes_[end - 2] == '\r' ? 1 : 0);
    return Step::record;
  }

  static Walked incomplete(Step step, Walked walked) {
    walked.outcome = Outcome::incomplete;
    walked.in_quotes = step == Step::out_of_bytes_in_quotes;
    return walked;
  }

  /// No record end within the limit, or before the end of the source.
  Walked close_or_cut(Step step, const std::int32_t* first_mark, Walked walked, std::vector<Span>* fields) {
    if (stop_ == end_ && step == Step::out_of_bytes) {
      keep(fields, open_, walked);
      walked.outcome = Outcome::whole;
      walked.end = walked.text_end = end_;
      return walked;
    }
    walked.outcome = Outcome::cut_short;
    walked.fault = Code::quote_open;
    std::int32_t from = open_.begin;
    mark_ = first_mark;
    walked.record_ends = 0;
    if (step == Step::out_of_bytes || !cut_at_record_end(from, stop_, walked)) {
      if (stop_ < end_) walked.fault = Code::row_too_large;
      from = stop_;
      mark_ = first_mark;
      walked.record_ends = 0;
      if (!cut_at_record_end(from, end_, walked)) {
        walked.end = walked.text_end = end_;
        if (follows_ == End::more_follows) walked.outcome = Outcome::incomplete;
      }
    }
    if (walked.fault == Code::quote_open) keep(fields, {open_.begin, walked.text_end, Shape::ragged}, walked);
    return walked;
  }

  /// Ends the record at its first record end at or after `from`, whatever the quotes say.
  bool cut_at_record_end(std::int32_t from, std::int32_t before, Walked& walked) {
    for (; *mark_ < before; ++mark_) {
      if (bytes_[*mark_] != record_end_) continue;
      ++walked.record_ends;
      if (*mark_ < from) continue;
      walked.end = *mark_ + 1;
      walked.text_end = *mark_ - (record_end_ == '\n' && *mark_ > begin_ && bytes_[*mark_ - 1] == '\r' ? 1 : 0);
      ++mark_;
      return true;
    }
    return false;
  }

  const char* bytes_;
  const std::int32_t* mark_;
  std::int32_t end_;
  const Dialect& dialect_;
  char record_end_;
  End follows_;
  std::int64_t record_bytes_max_;
  std::int32_t begin_ = 0;
  std::int32_t stop_ = 0;
  std::int32_t next_field_ = 0;
  std::int32_t skipped_to_ = 0;
  Span open_;
};

/// The text of an escaped or ragged field, as a reader should see it. Writes at most span's bytes to `to`; returns how many.
std::size_t unescape(const char* bytes, Span span, const Dialect& dialect, char* to);

}  // namespace aljibe::format::detail
