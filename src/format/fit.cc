#include "format/fit.h"

#include <charconv>
#include <cmath>
#include <string>

#include "base/text.h"
#include "format/convert.h"
#include "format/json_out.h"
#include "model/refusal.h"

namespace aljibe::format {
namespace {

using model::Kind;
using model::Value;

std::string place_of(const model::Column& column) { return "In column " + column.name + "."; }

std::unexpected<Error> refuse(std::string_view text, const model::Column& column) { return model::refuse_value(column.type, text, place_of(column)); }

std::unexpected<Error> overflow(std::string_view text, const model::Column& column) {
  if (column.type.kind != Kind::decimal) return model::refuse_size(column.type, text, place_of(column));
  const auto digits = std::to_string(column.type.precision - column.type.scale);
  return fail(Code::value_overflows, "numeric field overflow",
              "A field with precision " + std::to_string(column.type.precision) + ", scale " + std::to_string(column.type.scale) +
                  " must round to an absolute value less than 10^" + digits + ". " + place_of(column));
}

/// More digits than the scale holds: rounded, half away from zero, in decimal.
Result<Value> rounded(std::string_view text, const model::Column& column) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return overflow(text, column);
  const double units = std::round(number * std::pow(10.0, column.type.scale));
  if (!(std::abs(units) < std::pow(10.0, column.type.precision))) return overflow(text, column);
  return Value::of_decimal(static_cast<std::int64_t>(units));
}

/// Without a declared scale SQLite keeps the nearest double.
Result<Value> nearest(std::string_view text, const model::Column& column) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return overflow(text, column);
  return Value::of_real(number);
}

Result<Value> read(std::string_view text, const model::Column& column, Arena& arena) {
  Value value;
  const auto refusal = convert(text, Conversion{.type = column.type, .true_words = {}, .false_words = {}}, arena, value);
  if (!refusal) return value;
  if (*refusal != Code::value_out_of_range) return refuse(text, column);
  auto digits = trim(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (column.type.kind != Kind::decimal) return overflow(text, column);
  return column.type.precision > 0 ? rounded(digits, column) : nearest(digits, column);
}

Result<Value> as_json(const JsonCell& cell, Arena& arena) {
  if (cell.kind != JsonKind::text) return Value::of_text(cell.text);
  std::string quoted;
  append_json_text(quoted, cell.text);
  return Value::of_text(arena.keep(quoted));
}

}  // namespace

Result<Value> fit(const JsonCell& cell, const model::Column& column, Arena& arena) {
  if (cell.kind == JsonKind::null) return Value();
  if (cell.text.find('\0') != std::string_view::npos) return fail(Code::value_invalid, "\\u0000 cannot be converted to text", place_of(column));
  const auto kind = column.type.kind;
  if (kind == Kind::json) return as_json(cell, arena);
  if (kind == Kind::text || kind == Kind::blob) return Value::of_text(cell.text);
  if (cell.kind == JsonKind::nested || (cell.kind == JsonKind::boolean && kind != Kind::boolean)) return refuse(cell.text, column);
  return read(cell.text, column, arena);
}

bool is_same(const Value& left, const Value& right) {
  if (left.tag != right.tag) return false;
  switch (left.tag) {
    case Value::Tag::null: return true;
    case Value::Tag::text: return left.view() == right.view();
    case Value::Tag::real: return left.real == right.real;
    case Value::Tag::integer:
    case Value::Tag::decimal:
    case Value::Tag::boolean: return left.integer == right.integer;
  }
  return false;
}

}  // namespace aljibe::format
