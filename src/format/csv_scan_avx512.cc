#include "format/csv_scan.h"
#include "format/detail/csv_scan_paths.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

// Everything from here on may use these instructions; nothing of it is shared with other files.
#pragma clang attribute push(__attribute__((target("avx2,pclmul,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512vl,avx512dq"))), apply_to = function)

#include "format/detail/csv_scan_body.h"

namespace aljibe::format::detail {
namespace {

class Avx512 {
 public:
  explicit Avx512(const Marks& marks)
      : quote_(_mm512_set1_epi8(marks.quote)), delimiter_(_mm512_set1_epi8(marks.delimiter)),
        end_(_mm512_set1_epi8(marks.record_end)), escape_(_mm512_set1_epi8(marks.escape)),
        quotes_(all_if(marks.quote)), delimiters_(all_if(marks.delimiter)), escapes_(all_if(marks.escape)) {}

  [[nodiscard]] Bitmaps bitmaps(const char* from) const {
    const __m512i bytes = _mm512_loadu_si512(from);
    return {.quote = _mm512_mask_cmpeq_epi8_mask(quotes_, bytes, quote_),
            .delimiter = _mm512_mask_cmpeq_epi8_mask(delimiters_, bytes, delimiter_),
            .record_end = _mm512_cmpeq_epi8_mask(bytes, end_),
            .carriage_return = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r')),
            .escape = _mm512_mask_cmpeq_epi8_mask(escapes_, bytes, escape_),
            .nul = _mm512_testn_epi8_mask(bytes, bytes),
            .high = _mm512_movepi8_mask(bytes)};
  }

  [[nodiscard]] static std::uint64_t prefix_xor(std::uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }

 private:
  static std::uint64_t all_if(char mark) { return mark == '\0' ? 0 : ~std::uint64_t{0}; }

  __m512i quote_, delimiter_, end_, escape_;
  std::uint64_t quotes_, delimiters_, escapes_;
};

}  // namespace

ScanResult scan_avx512(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index) {
  return scan_with<Avx512>(bytes, marks, before, index);
}

}  // namespace aljibe::format::detail

#pragma clang attribute pop
#endif
