#include "serve/range.h"

#include <charconv>

#include "base/text.h"

namespace aljibe::serve {
namespace {

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

Result<std::optional<RowRange>> read_range(std::string_view range) {
  range = trim(range);
  if (range.starts_with("items=")) range.remove_prefix(6);
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) return std::optional<RowRange>();
  const auto first = read_number(range.substr(0, dash));
  const auto rest = range.substr(dash + 1);
  if (!first) return std::optional<RowRange>();
  if (rest.empty()) return std::optional(RowRange{.offset = *first});
  const auto last = read_number(rest);
  if (!last) return std::optional<RowRange>();
  if (*last < *first) {
    return fail(Code::range_unsatisfiable, "Requested range not satisfiable", "The lower boundary must be lower than or equal to the upper boundary in the Range header.");
  }
  const auto span = *last - *first;
  return std::optional(RowRange{.offset = *first, .limit = span == UINT64_MAX ? span : span + 1});
}

std::string content_range(std::uint64_t offset, std::uint64_t rows, std::optional<std::uint64_t> total) {
  std::string text = rows == 0 ? "*" : std::to_string(offset) + "-" + std::to_string(offset + rows - 1);
  text += '/';
  return text + (total ? std::to_string(*total) : "*");
}

Result<int> range_status(std::uint64_t offset, std::uint64_t rows, std::optional<std::uint64_t> total) {
  if (!total) return 200;
  if (offset > *total) {
    return fail(Code::range_unsatisfiable, "Requested range not satisfiable",
                "An offset of " + std::to_string(offset) + " was requested, but there are only " + std::to_string(*total) + " rows.");
  }
  return rows < *total ? 206 : 200;
}

}  // namespace aljibe::serve
