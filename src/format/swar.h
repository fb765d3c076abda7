#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Eight characters in one word: the tricks that digit parsing shares (Mula, "SWAR: parsing eight digits"; simdjson).
namespace aljibe::format::swar {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::uint64_t ones = 0x0101010101010101;
inline constexpr std::uint64_t high_bits = 0x8080808080808080;
inline constexpr std::uint64_t zeros_text = 0x3030303030303030;

inline std::uint64_t load_8(const char* text) {
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

inline std::uint64_t load_4(const char* text) {
  std::uint32_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// The first `count` ≤ 8 characters, the first one lowest, zero above; reads nothing outside of them.
inline std::uint64_t load_some(const char* text, std::size_t count) {
  if (count >= 8) return load_8(text);
  if (count >= 4) return load_4(text) | load_4(text + count - 4) << (8 * (count - 4));
  if (count == 0) return 0;
  const auto at = [text](std::size_t index) {
    return std::uint64_t{static_cast<unsigned char>(text[index])} << (8 * index);
  };
  return at(0) | at(count / 2) | at(count - 1);
}

/// `count` characters of load_some as eight: '0' is put before them. count ≤ 8.
inline std::uint64_t pad_left(std::uint64_t word, std::size_t count) {
  if (count == 0) return zeros_text;
  const auto gap = 8 * (8 - count);
  return gap == 0 ? word : word << gap | zeros_text >> (64 - gap);
}

inline bool are_digits(std::uint64_t word) {
  constexpr std::uint64_t upper_halves = 0xF0F0F0F0F0F0F0F0;
  return ((word & upper_halves) | (((word + 0x0606060606060606) & upper_halves) >> 4)) == 0x3333333333333333;
}

/// The number that eight digits write: pairs, then fours, then eight, each in one multiplication.
inline std::uint32_t parse_8(std::uint64_t word) {
  word -= zeros_text;
  word = word * 10 + (word >> 8);
  constexpr std::uint64_t pairs = 0x000000FF000000FF;
  constexpr std::uint64_t by_1000000_and_100 = 0x000F424000000064;
  constexpr std::uint64_t by_10000_and_1 = 0x0000271000000001;
  return static_cast<std::uint32_t>(((word & pairs) * by_1000000_and_100 + ((word >> 16) & pairs) * by_10000_and_1) >> 32);
}

/// The high bit of the lowest byte that equals `letter`, 0 when none does; bits above the lowest may be wrong.
inline std::uint64_t find(std::uint64_t word, char letter) {
  const auto difference = word ^ (ones * static_cast<unsigned char>(letter));
  return (difference - ones) & ~difference & high_bits;
}

}  // namespace aljibe::format::swar
