#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aljibe::model {

/// One typed value of a batch, 16 bytes. Text points into the bytes or the arena of its batch.
struct Value {
  enum class Tag : std::uint8_t { null, integer, decimal, real, boolean, text };
  union {
    std::int64_t integer;  // integer; boolean as 0 or 1; decimal as units of 10^-scale of its column's type
    double real;
    const char* text;      // text, dates and timestamps; not terminated
  };
  std::uint32_t bytes = 0;  // of text
  Tag tag = Tag::null;

  Value() : integer(0) {}
  static Value of_integer(std::int64_t number) { return make(Tag::integer, number); }
  static Value of_boolean(bool truth) { return make(Tag::boolean, truth ? 1 : 0); }
  static Value of_decimal(std::int64_t units) { return make(Tag::decimal, units); }
  static Value of_real(double number) {
    Value value;
    value.real = number;
    value.tag = Tag::real;
    return value;
  }
  static Value of_text(std::string_view view) {
    Value value;
    value.text = view.data();
    value.bytes = static_cast<std::uint32_t>(view.size());
    value.tag = Tag::text;
    return value;
  }
  [[nodiscard]] std::string_view view() const { return {text, bytes}; }
  [[nodiscard]] bool is_null() const { return tag == Tag::null; }

 private:
  static Value make(Tag tag, std::int64_t number) {
    Value value;
    value.integer = number;
    value.tag = tag;
    return value;
  }
};
static_assert(sizeof(Value) == 16);

/// Where a record stands in its source. Numbers count from 1; the header line is line 1 and no record.
struct Position {
  std::uint64_t record = 0;
  std::uint64_t line = 0;
  std::uint64_t byte_from = 0;  // in the decompressed source
  std::uint64_t byte_to = 0;    // one past its line break
};

/// A row that was refused, with all that is needed to understand, mend and replay it.
struct Reject {
  Position position;
  Code code = Code::internal;
  std::string column;   // empty when the record as a whole is at fault
  std::string message;
  std::string raw;      // the record's bytes as they stand in the source, without its line break
};

/// Typed rows in source order, row-major: values[row * columns_count + column].
struct Batch {
  std::size_t columns_count = 0;
  std::vector<Value> values;
  std::vector<Position> positions;          // one a row
  std::shared_ptr<const void> bytes;        // keeps the source bytes alive that values point into
  std::vector<std::unique_ptr<char[]>> arena;  // text that had to be unescaped or derived

  [[nodiscard]] std::size_t rows_count() const { return positions.size(); }
  [[nodiscard]] const Value* row(std::size_t index) const { return values.data() + index * columns_count; }
};

}  // namespace aljibe::model
