#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "pipeline/catalogue.h"

namespace aljibe::pipeline {

/// Writes CSV at a place that has room for a whole row, and remembers where its fields begin.
struct Pen {
  char* next;
  std::array<const char*, product_columns> starts{};

  /// Every field but the first is preceded by its comma.
  void begin(ProductColumn column) {
    if (column != ProductColumn::asin) letter(',');
    starts[static_cast<std::size_t>(column)] = next;
  }
  void text(std::string_view words) {
    std::memcpy(next, words.data(), words.size());
    next += words.size();
  }
  void letter(char value) { *next++ = value; }
  void number(std::uint64_t value) { next = std::to_chars(next, next + 20, value).ptr; }
  /// 1250 → 12.5, 1200 → 12.0, 1299 → 12.99: as Python prints floats.
  void cents(std::int64_t value) {
    number(static_cast<std::uint64_t>(value / 100));
    letter('.');
    letter(static_cast<char>('0' + value / 10 % 10));
    if (value % 10 != 0) letter(static_cast<char>('0' + value % 10));
  }
  void quotable(std::string_view words) {
    if (words.find_first_of(",\"") == std::string_view::npos) {
      text(words);
      return;
    }
    letter('"');
    for (const char value : words) {
      if (value == '"') letter('"');
      letter(value);
    }
    letter('"');
  }
};

}  // namespace aljibe::pipeline
