#include "model/type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace aljibe::model {
namespace {

constexpr std::array<std::string_view, 9> kind_names{"integer", "decimal", "real", "boolean", "date", "timestamp", "text", "json", "blob"};
constexpr std::array<std::string_view, 9> sqlite_names{"INTEGER", "DECIMAL", "REAL", "BOOLEAN", "DATE", "TIMESTAMP", "TEXT", "JSON", "BLOB"};

constexpr auto spellings = std::to_array<std::pair<std::string_view, Kind>>({
    {"bool", Kind::boolean}, {"boolean", Kind::boolean}, {"bit", Kind::boolean},
    {"date", Kind::date},
    {"timestamp", Kind::timestamp}, {"timestamptz", Kind::timestamp}, {"datetime", Kind::timestamp},
    {"datetime2", Kind::timestamp}, {"datetimeoffset", Kind::timestamp},
    {"timestamp with time zone", Kind::timestamp}, {"timestamp without time zone", Kind::timestamp},
    {"decimal", Kind::decimal}, {"numeric", Kind::decimal}, {"money", Kind::decimal},
    {"json", Kind::json}, {"jsonb", Kind::json},
});

/// What casts may name beside those. What SQLite has no type for is kept as text.
constexpr auto names = std::to_array<std::pair<std::string_view, Kind>>({
    {"smallint", Kind::integer}, {"int2", Kind::integer}, {"integer", Kind::integer}, {"int", Kind::integer}, {"int4", Kind::integer}, {"bigint", Kind::integer}, {"int8", Kind::integer},
    {"real", Kind::real}, {"float", Kind::real}, {"float4", Kind::real}, {"float8", Kind::real}, {"double precision", Kind::real},
    {"text", Kind::text}, {"varchar", Kind::text}, {"character varying", Kind::text}, {"char", Kind::text}, {"character", Kind::text}, {"bpchar", Kind::text}, {"name", Kind::text}, {"citext", Kind::text},
    {"uuid", Kind::text}, {"time", Kind::text}, {"timetz", Kind::text}, {"interval", Kind::text}, {"inet", Kind::text}, {"cidr", Kind::text}, {"xml", Kind::text},
    {"bytea", Kind::blob}, {"blob", Kind::blob},
});

/// SQLite's rules for the affinity of a declared type, in their order.
Kind kind_by_affinity(std::string_view word) {
  const auto holds = [word](std::string_view part) { return word.find(part) != std::string_view::npos; };
  if (holds("int")) return Kind::integer;
  if (holds("char") || holds("clob") || holds("text")) return Kind::text;
  if (holds("blob")) return Kind::blob;
  if (holds("real") || holds("floa") || holds("doub")) return Kind::real;
  return word.empty() ? Kind::text : Kind::real;
}

std::uint8_t digits(std::string_view text) {
  text = trim(text);
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return static_cast<std::uint8_t>(value > 255 ? 255 : value);
}

}  // namespace

std::string to_text(const Type& type) {
  std::string text(kind_names[static_cast<std::size_t>(type.kind)]);
  if (type.kind == Kind::decimal && type.precision > 0) {
    text += "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  }
  return text;
}

std::string to_sqlite(const Type& type) {
  std::string text(sqlite_names[static_cast<std::size_t>(type.kind)]);
  if (type.kind == Kind::decimal && type.precision > 0) {
    text += "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  }
  return text;
}

Type type_from_declared(std::string_view declared) {
  const std::string lower = to_lower(trim(declared));
  const auto open = lower.find('(');
  const std::string_view word = trim(std::string_view(lower).substr(0, open));
  Type type;
  type.kind = kind_by_affinity(word);
  for (const auto& [spelling, kind] : spellings) {
    if (word == spelling) type.kind = kind;
  }
  if (type.kind == Kind::decimal && open != std::string::npos) {
    const auto inside = std::string_view(lower).substr(open + 1);
    const auto comma = inside.find(',');
    type.precision = digits(inside.substr(0, comma));
    if (comma != std::string_view::npos) type.scale = digits(inside.substr(comma + 1));
  }
  return type;
}

std::optional<Type> type_of_name(std::string_view name) {
  const auto lower = to_lower(trim(name));
  const auto is_it = [&lower](const auto& entry) { return entry.first == lower; };
  if (const auto found = std::ranges::find_if(names, is_it); found != names.end()) return Type{.kind = found->second};
  if (const auto found = std::ranges::find_if(spellings, is_it); found != spellings.end()) return Type{.kind = found->second};
  return std::nullopt;
}

}  // namespace aljibe::model
