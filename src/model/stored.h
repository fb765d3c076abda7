#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aljibe::model {

/// A value in the storage class that the database keeps it in.
struct Stored {
  enum class Tag : std::uint8_t { null, integer, real, text, blob };
  Tag tag = Tag::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string bytes;  // of text and blobs

  static Stored of_integer(std::int64_t number) { return {.tag = Tag::integer, .integer = number, .bytes = {}}; }
  static Stored of_real(double number) { return {.tag = Tag::real, .real = number, .bytes = {}}; }
  static Stored of_text(std::string text) { return {.tag = Tag::text, .bytes = std::move(text)}; }
  static Stored of_blob(std::string bytes) { return {.tag = Tag::blob, .bytes = std::move(bytes)}; }

  [[nodiscard]] bool is_null() const { return tag == Tag::null; }
  [[nodiscard]] bool is_number() const { return tag == Tag::integer || tag == Tag::real; }
  /// The same value in the same class: what is stored, not what compares equal. 0.0 and -0.0 are two.
  friend bool operator==(const Stored& left, const Stored& right);
};

/// One value for each column of the table, in the catalogue's order.
using StoredRow = std::vector<Stored>;

/// The order of two values where no collation and no affinity has a say: null, numbers by value, texts by their bytes,
/// blobs by their bytes (sqlite.org/datatype3.html §4.1). An integer and a double compare exactly, without rounding.
std::weak_ordering compare(const Stored& left, const Stored& right);

/// "null", "7", "1.5", "'chair'", "x'00ff'", for people: texts and blobs are cut.
std::string describe(const Stored& value);

}  // namespace aljibe::model
