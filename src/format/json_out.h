#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aljibe::format {

// JSON text, appended cell by cell: no tree, no allocation but the string's own growth. Whatever the bytes in the
// database are, the text is well-formed JSON in valid UTF-8. Punctuation between cells is the caller's.

/// A JSON string with its quotes. Escaped are what RFC 8259 §7 demands, in the short forms where they exist. Bytes that are
/// not UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

void append_json_integer(std::string& out, std::int64_t number);

/// The shortest digits that read back as the same double; null for NaN and infinities, which JSON cannot say.
void append_json_real(std::string& out, double number);

/// A decimal that SQLite holds as a double, as PostgreSQL prints numeric(p,scale): 11.99 → 11.99, 12.0 → 12.00. A value that
/// is no multiple of 10^-scale is not rounded: it comes as append_json_real writes it.
void append_json_decimal(std::string& out, double number, unsigned scale);

/// A decimal that SQLite holds as an integer, 12 → 12.00: a whole number, not units.
void append_json_decimal(std::string& out, std::int64_t number, unsigned scale);

/// Value::decimal: units of 10^-scale, 1199 → 11.99.
void append_json_units(std::string& out, std::int64_t units, unsigned scale);

void append_json_boolean(std::string& out, bool truth);
void append_json_null(std::string& out);

}  // namespace aljibe::format
