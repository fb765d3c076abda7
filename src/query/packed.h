#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/stored.h"

namespace aljibe::query {

/// Writes numbers and values as the few bytes that they need: a million footprints stand in memory.
///
/// Numbers have seven bits a byte, the lowest first, the top bit says that more follow. A value is its tag and its number
/// (folded, so that those near zero are short), its eight bytes of a double, or its length and bytes.
class Packer {
 public:
  void byte(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void number(std::uint64_t value);
  void text(std::string_view value);
  void value(const model::Stored& value);
  void values(const std::vector<model::Stored>& values);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what a Packer wrote, in the same order.
class Unpacker {
 public:
  explicit Unpacker(const char* at) : at_(at) {}
  std::uint8_t byte() { return static_cast<std::uint8_t>(*at_++); }
  std::uint64_t number();
  std::string_view text();
  model::Stored value();
  std::vector<model::Stored> values();
  void skip_value();
  void skip(std::size_t bytes) { at_ += bytes; }
  [[nodiscard]] const char* at() const { return at_; }

 private:
  const char* at_;
};

}  // namespace aljibe::query
