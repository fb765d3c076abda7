#include "format/csv_survey.h"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

#include "format/csv_split.h"
#include "format/detail/csv_walk.h"

namespace aljibe::format {
namespace {

using detail::Shape;
using detail::Span;

Code damage_of(const detail::Walked& walked, std::string_view raw, std::size_t width, bool check_text) {
  if (walked.outcome == detail::Outcome::cut_short) return walked.fault;
  if (check_text && raw.find('\0') != std::string_view::npos) return Code::nul_byte;
  if (check_text && !simdjson::validate_utf8(raw.data(), raw.size())) return Code::utf8_invalid;
  if (walked.stray_return) return Code::line_break_stray;
  if (walked.fields != width) return walked.fields < width ? Code::row_short : Code::row_long;
  return Code::internal;
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  const double percent = whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return percent > 0 && percent < 0.1 ? fmt::format("{} rows", part) : fmt::format("{:.1f} % of the rows", percent);
}

}  // namespace

void Survey::add(const Survey& later) {
  records += later.records;
  quoted_records += later.quoted_records;
  doubled_records += later.doubled_records;
  stray_records += later.stray_records;
  multiline_records += later.multiline_records;
  for (const auto& [fields, count] : later.widths) widths[fields] += count;
  for (const auto& [code, count] : later.damage) damage[code] += count;
  if (first_other_width.record != 0 || later.first_other_width.record == 0) return;
  first_other_width = later.first_other_width;
  first_other_width_fields = later.first_other_width_fields;
}

Survey survey(const Block& block, const Dialect& dialect, std::size_t width) {
  Survey found;
  std::vector<Span> spans;
  spans.reserve(std::max<std::size_t>(width, 1));
  auto walker = block.walker(dialect);
  const bool check_text = block.needs_text_check();
  model::Position position = block.start();
  std::uint64_t expected = 0;
  for (std::int32_t at = block.from(); at < block.to();) {
    spans.clear();
    const auto walked = walker.next(at, &spans);
    const std::string_view raw(block.bytes() + at, static_cast<std::size_t>(walked.text_end - at));
    position.byte_to = position.byte_from + static_cast<std::uint64_t>(walked.end - at);
    if (!walked.is_blank(at)) {
      ++position.record;
      ++found.records;
      found.quoted_records += std::ranges::any_of(spans, [](const Span& span) { return span.shape != Shape::plain; }) ? 1 : 0;
      found.doubled_records += std::ranges::any_of(spans, [](const Span& span) { return span.shape == Shape::escaped; }) ? 1 : 0;
      found.stray_records += walked.stray_quote ? 1 : 0;
      found.multiline_records += walked.record_ends > 1 ? 1 : 0;
      const Code damage = damage_of(walked, raw, width, check_text);
      if (damage != Code::internal) ++found.damage[damage];
      if (walked.fields == width) {
        ++expected;
      } else {
        ++found.widths[walked.fields];
        if (found.first_other_width.record == 0) {
          found.first_other_width = position;
          found.first_other_width_fields = walked.fields;
        }
      }
    }
    position.byte_from = position.byte_to;
    position.line += walked.record_ends;
    at = walked.end;
  }
  if (expected > 0) found.widths[static_cast<std::uint32_t>(width)] += expected;
  return found;
}

std::vector<std::string> describe(const Survey& survey, const Dialect& dialect, std::size_t width) {
  std::vector<std::string> lines;
  if (survey.quoted_records == 0) {
    lines.push_back(dialect.quote == '\0' ? "no byte quotes, as told" : fmt::format("nothing is quoted; {} would quote", dialect.quote));
  } else {
    lines.push_back(fmt::format("fields are quoted by {} in {}", dialect.quote, share(survey.quoted_records, survey.records)));
  }
  if (survey.doubled_records > 0) {
    lines.push_back(dialect.escape == Escape::backslash ? fmt::format("quotes are escaped (\\{}) in {}", dialect.quote, share(survey.doubled_records, survey.records))
                                                        : fmt::format("quotes are doubled ({0}{0}) in {1}", dialect.quote, share(survey.doubled_records, survey.records)));
  }
  if (survey.multiline_records > 0) lines.push_back(fmt::format("line breaks stand inside quotes in {}", share(survey.multiline_records, survey.records)));
  if (survey.stray_records > 0) lines.push_back(fmt::format("quotes stand in the middle of fields in {}", share(survey.stray_records, survey.records)));
  if (survey.first_other_width.record > 0) {
    lines.push_back(fmt::format("record {} (line {}, byte {}) has {} fields where {} are expected", survey.first_other_width.record, survey.first_other_width.line,
                                survey.first_other_width.byte_from, survey.first_other_width_fields, width));
  }
  return lines;
}

}  // namespace aljibe::format
