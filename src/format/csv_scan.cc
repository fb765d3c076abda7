#include "format/csv_scan.h"

#include "base/assert.h"
#include "format/detail/csv_scan_body.h"
#include "format/detail/csv_scan_paths.h"

namespace aljibe::format {
namespace {

/// Eight bytes at a time in a 64-bit register.
class Portable {
 public:
  explicit Portable(const Marks& marks)
      : quote_(repeat(marks.quote)), delimiter_(repeat(marks.delimiter)), end_(repeat(marks.record_end)), escape_(repeat(marks.escape)),
        has_quote_(marks.quote != '\0'), has_delimiter_(marks.delimiter != '\0'), has_escape_(marks.escape != '\0') {}

  [[nodiscard]] detail::Bitmaps bitmaps(const char* from) const {
    detail::Bitmaps map{};
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t word = load(from + i * 8);
      const unsigned shift = i * 8;
      if (has_quote_) map.quote |= equal(word, quote_) << shift;
      if (has_delimiter_) map.delimiter |= equal(word, delimiter_) << shift;
      if (has_escape_) map.escape |= equal(word, escape_) << shift;
      map.record_end |= equal(word, end_) << shift;
      map.carriage_return |= equal(word, repeat('\r')) << shift;
      map.nul |= equal(word, 0) << shift;
      map.high |= gather(word & tops) << shift;
    }
    return map;
  }

  [[nodiscard]] static std::uint64_t prefix_xor(std::uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
  }

 private:
  static constexpr std::uint64_t tops = 0x8080808080808080;
  static constexpr std::uint64_t repeat(char byte) { return 0x0101010101010101 * static_cast<unsigned char>(byte); }
  static std::uint64_t load(const char* from) {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= std::uint64_t{static_cast<unsigned char>(from[i])} << (i * 8);
    return word;
  }
  /// The top bit of each byte, together in the lowest eight.
  static std::uint64_t gather(std::uint64_t top_bits) { return (top_bits >> 7) * 0x0102040810204080 >> 56; }
  static std::uint64_t equal(std::uint64_t word, std::uint64_t pattern) {
    const std::uint64_t zero_where_equal = word ^ pattern;
    return gather(~(((zero_where_equal & ~tops) + ~tops) | zero_where_equal | ~tops));
  }

  std::uint64_t quote_, delimiter_, end_, escape_;
  bool has_quote_, has_delimiter_, has_escape_;
};

}  // namespace

void MarkIndex::reserve(std::size_t before, std::size_t after) {
  constexpr std::size_t slack = 80;  // write_offsets writes up to eight too many; terminate one
  if (capacity_ < before + after + slack) {
    capacity_ = before + after + slack;
    storage_ = std::make_unique_for_overwrite<std::int32_t[]>(capacity_);
  }
  first_ = last_ = before;
}

bool is_available(Path path) {
#if defined(__x86_64__)
  switch (path) {
    case Path::portable: return true;
    case Path::avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi");
    case Path::avx512: return is_available(Path::avx2) && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
  }
  return false;
#else
  return path == Path::portable;
#endif
}

Path fastest_path() {
  static const Path path = is_available(Path::avx512) ? Path::avx512 : is_available(Path::avx2) ? Path::avx2 : Path::portable;
  return path;
}

ScanResult scan(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index, Path path) {
  ALJ_ASSERT(is_available(path));
#if defined(__x86_64__)
  if (path == Path::avx512) return detail::scan_avx512(bytes, marks, before, index);
  if (path == Path::avx2) return detail::scan_avx2(bytes, marks, before, index);
#endif
  return detail::scan_with<Portable>(bytes, marks, before, index);
}

}  // namespace aljibe::format
