#include "format/body.h"

#include <algorithm>
#include <utility>

#include "format/csv.h"

namespace aljibe::format {
namespace {

/// Puts the members of one object after another into rows. Rows are as wide as the names known when they ended; `finish`
/// gives all the same width.
class Gathering {
 public:
  Gathering(const std::vector<std::string>& columns, Uneven uneven, const Limits& limits)
      : uneven_(uneven), names_are_given_(!columns.empty()), columns_max_(limits.columns_max) {
    body_.names = columns;
  }

  bool begin_row() {
    if (!end_row()) return false;
    row_begins_ = body_.cells.size();
    body_.cells.resize(row_begins_ + body_.names.size());
    ++body_.rows_count;
    expected_ = 0;
    return true;
  }

  bool member(std::string_view name, const JsonCell& cell) {
    auto& names = body_.names;
    if (expected_ >= names.size() || names[expected_] != name) expected_ = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    if (expected_ == names.size()) {
      if (names_are_given_) return true;
      if (body_.rows_count > 1 && uneven_ == Uneven::refused) return is_even_ = false;
      if (names.size() == columns_max_) return is_narrow_ = false;
      names.emplace_back(name);
      body_.cells.emplace_back();
    }
    body_.cells[row_begins_ + expected_++] = cell;
    return true;
  }

  bool end_row() {
    if (body_.rows_count == 0) return true;
    row_ends_.push_back(body_.cells.size());
    if (names_are_given_ || uneven_ == Uneven::allowed) return true;
    const auto is_absent = [](const JsonCell& cell) { return cell.kind == JsonKind::absent; };
    is_even_ = std::none_of(body_.cells.begin() + static_cast<std::ptrdiff_t>(row_begins_), body_.cells.end(), is_absent);
    return is_even_;
  }

  Result<Body> finish(bool is_well_formed) {
    if (!is_narrow_) return fail(Code::body_invalid, "The rows have more than " + std::to_string(columns_max_) + " keys");
    if (is_even_ && is_well_formed) end_row();
    if (!is_even_) return fail(Code::body_invalid, "All object keys must match", "", "Name the columns with the parameter columns; what is missing is then null.");
    if (!is_well_formed) return fail(Code::body_invalid, "Empty or invalid json", "", "Send an object, or an array of objects.");
    if (body_.cells.size() != body_.rows_count * body_.names.size()) widen();
    return std::move(body_);
  }

  [[nodiscard]] Arena& arena() { return body_.arena; }
  void set_list() { body_.is_list = true; }

 private:
  void widen() {
    std::vector<JsonCell> cells(body_.rows_count * body_.names.size());
    std::size_t from = 0;
    for (std::size_t row = 0; row < body_.rows_count; from = row_ends_[row++]) {
      std::copy(body_.cells.begin() + static_cast<std::ptrdiff_t>(from), body_.cells.begin() + static_cast<std::ptrdiff_t>(row_ends_[row]),
                cells.begin() + static_cast<std::ptrdiff_t>(row * body_.names.size()));
    }
    body_.cells = std::move(cells);
  }

  Body body_;
  const Uneven uneven_;
  const bool names_are_given_;
  const std::size_t columns_max_;
  std::vector<std::size_t> row_ends_;
  std::size_t row_begins_ = 0;
  std::size_t expected_ = 0;  // members usually come in the order of the names
  bool is_even_ = true;
  bool is_narrow_ = true;
};

}  // namespace

Result<Body> read_json_body(std::string_view text, const std::vector<std::string>& columns, Uneven uneven, const Limits& limits) {
  Gathering rows(columns, uneven, limits);
  JsonWalker walker;
  const auto begin = [&rows] { return rows.begin_row(); };
  const auto member = [&rows](std::string_view name, const JsonCell& cell) { return rows.member(name, cell); };
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    rows.set_list();
    return rows.finish(walker.objects(text, rows.arena(), begin, member));
  }
  rows.begin_row();
  return rows.finish(walker.object(text, rows.arena(), member));
}

Result<Body> read_csv_body(std::string_view text, const std::vector<std::string>& columns, const Limits& limits) {
  // The reader may look past the end of what it is given.
  std::string padded(text);
  padded.append(padding_bytes, '\0');
  const auto records = read_records(std::string_view(padded).substr(0, text.size()), Dialect{}, End::end_of_source);
  if (records.empty()) return fail(Code::body_invalid, "The CSV has no header");
  Gathering rows(columns, Uneven::refused, limits);
  rows.set_list();
  const auto& header = records.front().fields;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& record = records[i];
    if (record.fault != Code::internal || record.fields.size() != header.size()) {
      return fail(Code::body_invalid, "All lines must have same number of fields", "Line " + std::to_string(record.position.line) + " of the CSV.");
    }
    if (i == 0) continue;
    rows.begin_row();
    for (std::size_t column = 0; column < header.size(); ++column) {
      const bool is_null = record.fields[column] == "NULL" && !record.quoted[column];
      const JsonCell cell{is_null ? JsonKind::null : JsonKind::text, is_null ? std::string_view() : rows.arena().keep(record.fields[column])};
      if (!rows.member(header[column], cell)) break;
    }
  }
  return rows.finish(true);
}

}  // namespace aljibe::format
