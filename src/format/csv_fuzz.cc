// Three readers that share nothing must agree: the naive one, the walker over each instruction set's index, and blocks of any size.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "format/csv.h"
#include "format/detail/csv_check.h"
#include "format/detail/csv_naive.h"

using namespace aljibe::format;

namespace {

constexpr std::size_t no_limit = 1 << 24;

void compare_with_naive(std::string_view text, const Dialect& dialect) {
  const auto expected = detail::Naive(text, dialect).records();
  const auto actual = read_records(text, dialect, End::end_of_source);
  ALJ_ASSERT(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ALJ_ASSERT(actual[i].position.byte_from == expected[i].from && actual[i].position.byte_to == expected[i].to);
    ALJ_ASSERT(actual[i].position.line == expected[i].line);
    ALJ_ASSERT((actual[i].fault == aljibe::Code::quote_open) == expected[i].quote_open);
    ALJ_ASSERT(expected[i].quote_open || actual[i].fields == expected[i].fields);
    ALJ_ASSERT(expected[i].quote_open || (actual[i].fault == aljibe::Code::line_break_stray) == expected[i].stray_return);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned choice = data[0];
  const std::size_t block_bytes = 1 + data[1] % 96U;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Dialect dialect{.delimiter = (choice & 1U) != 0 ? ';' : ',',
                        .quote = (choice & 6U) == 6 ? '\0' : '"',
                        .escape = (choice & 8U) != 0 ? Escape::backslash : Escape::doubled,
                        .line_break = (choice & 16U) != 0 ? LineBreak::cr : LineBreak::lf,
                        .stray_quote = (choice & 64U) != 0 ? StrayQuote::rejected : StrayQuote::literal,
                        .leading_space = (choice & 32U) != 0 ? LeadingSpace::skipped : LeadingSpace::kept};
  compare_with_naive(text, dialect);
  for (const std::size_t limit : {no_limit, std::size_t{200}}) {
    const auto expected = detail::decoded_lines(text, dialect, limit == no_limit ? 4096 : 100, Path::portable, 3, limit);
    for (const Path path : {Path::avx2, Path::avx512}) {
      if (is_available(path)) ALJ_ASSERT(detail::decoded_lines(text, dialect, block_bytes, path, 3, limit) == expected);
    }
    ALJ_ASSERT(detail::decoded_lines(text, dialect, block_bytes, Path::portable, 3, limit) == expected);
  }
  return 0;
}
