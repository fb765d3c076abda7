// The judge of tests and fuzz targets: the rules of docs/formats/csv.md, one byte at a time, as plainly as they can be written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "format/csv.h"

namespace aljibe::format::detail {

struct NaiveRecord {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t line = 1;
  std::vector<std::string> fields;
  bool quote_open = false;
  bool stray_quote = false;
  bool stray_return = false;
};

class Naive {
 public:
  Naive(std::string_view text, const Dialect& dialect) : text_(text), dialect_(dialect) {}

  std::vector<NaiveRecord> records() {
    std::vector<NaiveRecord> all;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text_.size();) {
      NaiveRecord record = one(at);
      record.line = line;
      for (std::size_t i = at; i < record.to; ++i) line += text_[i] == dialect_.record_end() ? 1 : 0;
      at = record.to;
      const bool blank = record.fields.size() == 1 && !record.quote_open && text_of_line(record).empty();
      if (!blank) all.push_back(std::move(record));
    }
    return all;
  }

 private:
  [[nodiscard]] std::string_view text_of_line(const NaiveRecord& record) const {
    auto raw = text_.substr(record.from, record.to - record.from);
    if (!raw.ends_with(dialect_.record_end())) return raw;
    raw.remove_suffix(1);
    if (dialect_.record_end() == '\n' && raw.ends_with('\r')) raw.remove_suffix(1);
    return raw;
  }

  [[nodiscard]] bool has(std::size_t at, char byte) const { return at < text_.size() && text_[at] == byte; }
  [[nodiscard]] bool is_quote(std::size_t at) const { return dialect_.quote != '\0' && has(at, dialect_.quote); }
  /// Bytes of the record end that begins at `at`; 0: none does.
  [[nodiscard]] std::size_t record_end(std::size_t at) const {
    if (has(at, dialect_.record_end())) return 1;
    return dialect_.record_end() == '\n' && has(at, '\r') && has(at + 1, '\n') ? 2 : 0;
  }

  NaiveRecord one(std::size_t from) const {
    NaiveRecord record;
    record.from = from;
    std::size_t at = from;
    for (;;) {
      if (at > from && dialect_.quote != '\0' && dialect_.leading_space == LeadingSpace::skipped) {
        while (has(at, ' ')) ++at;
      }
      std::string field;
      if (is_quote(at)) {
        const std::size_t opened = at;
        if (!quoted(at, field)) return cut(record, opened);
        if (at < text_.size() && record_end(at) == 0 && !is_delimiter(at)) record.stray_quote = true;
      }
      for (; at < text_.size() && record_end(at) == 0 && !is_delimiter(at); ++at) {
        if (is_quote(at)) record.stray_quote = true;
        if (has(at, '\r') && dialect_.record_end() == '\n') record.stray_return = true;
        field += text_[at];
      }
      record.fields.push_back(std::move(field));
      if (at < text_.size() && is_delimiter(at)) {
        ++at;
        continue;
      }
      record.to = std::min(text_.size(), at + record_end(at));
      return record;
    }
  }

  [[nodiscard]] bool is_delimiter(std::size_t at) const { return dialect_.delimiter != '\0' && has(at, dialect_.delimiter); }

  /// Reads from an opening quote past its closing one; false when there is none.
  bool quoted(std::size_t& at, std::string& field) const {
    for (++at; at < text_.size(); ++at) {
      if (dialect_.escape == Escape::backslash && has(at, '\\') && at + 1 < text_.size()) {
        if (!is_quote(at + 1) && !has(at + 1, '\\')) field += '\\';
        field += text_[++at];
      } else if (!is_quote(at)) {
        field += text_[at];
      } else if (is_quote(at + 1)) {
        field += text_[at++];
      } else {
        ++at;
        return true;
      }
    }
    return false;
  }

  NaiveRecord cut(NaiveRecord record, std::size_t opened) const {
    const std::size_t found = text_.find(dialect_.record_end(), opened);
    record.to = found == std::string_view::npos ? text_.size() : found + 1;
    record.quote_open = true;
    return record;
  }

  std::string_view text_;
  Dialect dialect_;
};

}  // namespace aljibe::format::detail
