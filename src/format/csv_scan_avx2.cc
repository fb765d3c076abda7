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
#pragma clang attribute push(__attribute__((target("avx2,pclmul,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)

#include "format/detail/csv_scan_body.h"

namespace aljibe::format::detail {
namespace {

class Avx2 {
 public:
  explicit Avx2(const Marks& marks)
      : quote_(_mm256_set1_epi8(marks.quote)), delimiter_(_mm256_set1_epi8(marks.delimiter)),
        end_(_mm256_set1_epi8(marks.record_end)), escape_(_mm256_set1_epi8(marks.escape)),
        quotes_(all_if(marks.quote)), delimiters_(all_if(marks.delimiter)), escapes_(all_if(marks.escape)) {}

  [[nodiscard]] Bitmaps bitmaps(const char* from) const {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 32));
    return {.quote = equal(low, high, quote_) & quotes_,
            .delimiter = equal(low, high, delimiter_) & delimiters_,
            .record_end = equal(low, high, end_),
            .carriage_return = equal(low, high, _mm256_set1_epi8('\r')),
            .escape = escapes_ == 0 ? 0 : equal(low, high, escape_),
            .nul = equal(low, high, _mm256_setzero_si256()),
            .high = join(low, high)};
  }

  [[nodiscard]] static std::uint64_t prefix_xor(std::uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }

 private:
  static std::uint64_t all_if(char mark) { return mark == '\0' ? 0 : ~std::uint64_t{0}; }
  static std::uint64_t join(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
  }
  static std::uint64_t equal(__m256i low, __m256i high, __m256i pattern) {
    return join(_mm256_cmpeq_epi8(low, pattern), _mm256_cmpeq_epi8(high, pattern));
  }

  __m256i quote_, delimiter_, end_, escape_;
  std::uint64_t quotes_, delimiters_, escapes_;
};

}  // namespace

ScanResult scan_avx2(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index) {
  return scan_with<Avx2>(bytes, marks, before, index);
}

}  // namespace aljibe::format::detail

#pragma clang attribute pop
#endif
