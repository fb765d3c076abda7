#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aljibe::model {

enum class Kind : std::uint8_t { integer, decimal, real, boolean, date, timestamp, text, json, blob };

/// A column's type as the declared words carry it. precision and scale count decimal digits, for `decimal` only.
struct Type {
  Kind kind = Kind::text;
  std::uint8_t precision = 0;
  std::uint8_t scale = 0;
  friend bool operator==(const Type&, const Type&) = default;
};

/// "integer", "decimal(10,2)", "boolean" …: the words of aljibe.yaml, error messages and OpenAPI descriptions.
std::string to_text(const Type& type);

/// Reads those words and the usual SQL spellings ("VARCHAR(20)", "numeric(7,2)", "bool", "timestamp with time zone").
/// Unknown words follow SQLite's affinity rules (sqlite.org/datatype3.html §3.1); an empty text is `text`.
Type type_from_declared(std::string_view declared);

/// The type of that name in PostgreSQL, in any case ("int8", "double precision", "uuid"); nothing for other names.
std::optional<Type> type_of_name(std::string_view name);

/// The declared type that carries `type` in an SQLite table: "DECIMAL(10,2)", "BOOLEAN", "TIMESTAMP", "TEXT" …
std::string to_sqlite(const Type& type);

}  // namespace aljibe::model
