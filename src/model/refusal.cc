#include "model/refusal.h"

#include <utility>

#include "base/text.h"

namespace aljibe::model {
namespace {

/// Whether the text is written as 2024-02-30 or 2024-02-30T25:00:00Z is.
bool looks_like_time(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-dd";
  if (text.size() < shape.size() || text.find_first_not_of("0123456789-:T .+Z") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !is_digit : text[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view sql_name(const Type& type) {
  switch (type.kind) {
    case Kind::integer: return "bigint";
    case Kind::decimal: return "numeric";
    case Kind::real: return "double precision";
    case Kind::boolean: return "boolean";
    case Kind::date: return "date";
    case Kind::timestamp: return "timestamp";
    case Kind::json: return "json";
    case Kind::blob: return "bytea";
    case Kind::text: break;
  }
  return "text";
}

std::unexpected<Error> refuse_value(const Type& type, std::string_view text, std::string details) {
  const bool is_time = type.kind == Kind::date || type.kind == Kind::timestamp;
  if (is_time && looks_like_time(trim(text))) return fail(Code::time_out_of_range, "date/time field value out of range: \"" + shortened(text) + "\"", std::move(details));
  return fail(is_time ? Code::time_invalid : Code::value_invalid, "invalid input syntax for type " + std::string(sql_name(type)) + ": \"" + shortened(text) + "\"", std::move(details));
}

std::unexpected<Error> refuse_size(const Type& type, std::string_view text, std::string details) {
  return fail(Code::value_overflows, "value \"" + shortened(text) + "\" is out of range for type " + std::string(sql_name(type)), std::move(details));
}

std::unexpected<Error> refuse_count(std::uint64_t rows) {
  return fail(Code::singular_mismatch, "Cannot coerce the result to a single JSON object", "The result contains " + std::to_string(rows) + " rows");
}

}  // namespace aljibe::model
