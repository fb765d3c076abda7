// A value leaves as its column's declared type says, whatever SQLite stored it as: files made by others mix storage
// classes, and the answer must still be JSON. What does not fit its type leaves as what it is.
#include "store/sqlite/write_rows.h"

#include <sqlite3.h>

#include "base/text.h"
#include "format/csv_out.h"
#include "format/json_out.h"

namespace aljibe::store::sqlite {
namespace {

using model::Kind;

std::string_view text_of(sqlite3_stmt* statement, int column) {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

/// \x and hexadecimal digits, PostgreSQL's form of bytea.
std::string hex_of(sqlite3_stmt* statement, int column) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto* const bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement, column));
  const int size = sqlite3_column_bytes(statement, column);
  std::string text = "\\x";
  for (int i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

void append_integer(std::string& out, const model::Type& type, std::int64_t number) {
  if (type.kind == Kind::boolean && (number == 0 || number == 1)) return format::append_json_boolean(out, number == 1);
  if (type.kind == Kind::decimal && type.precision > 0) return format::append_json_decimal(out, number, type.scale);
  format::append_json_integer(out, number);
}

void append_real(std::string& out, const model::Type& type, double number) {
  if (type.kind == Kind::decimal && type.precision > 0) return format::append_json_decimal(out, number, type.scale);
  format::append_json_real(out, number);
}

/// A number as text, for casts and for numbers in text columns.
std::string number_text(sqlite3_stmt* statement, int column, const model::Type& type) {
  std::string text;
  if (sqlite3_column_type(statement, column) == SQLITE_INTEGER) {
    append_integer(text, type, sqlite3_column_int64(statement, column));
  } else {
    append_real(text, type, sqlite3_column_double(statement, column));
  }
  return text;
}

void append_csv(std::string& out, sqlite3_stmt* statement, int column, const model::Type& type) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT: out += number_text(statement, column, type); return;
    case SQLITE_TEXT: return format::append_csv_text(out, text_of(statement, column));
    case SQLITE_BLOB: return format::append_csv_text(out, hex_of(statement, column));
    default: return;
  }
}

}  // namespace

void RowWriter::append_json(std::string& out, const Statement& statement, int index, const Column& column) {
  auto* const handle = statement.handle();
  switch (sqlite3_column_type(handle, index)) {
    case SQLITE_INTEGER:
      if (column.as_text) return format::append_json_text(out, number_text(handle, index, column.number));
      return append_integer(out, column.number, sqlite3_column_int64(handle, index));
    case SQLITE_FLOAT:
      if (column.as_text) return format::append_json_text(out, number_text(handle, index, column.number));
      return append_real(out, column.number, sqlite3_column_double(handle, index));
    case SQLITE_TEXT: {
      const auto text = text_of(handle, index);
      if (column.kind == Kind::json) {  // made by SQLite's json(): well-formed
        out += text;
        return;
      }
      if (column.kind == Kind::boolean) {
        if (equal_ignoring_case(text, "true")) return format::append_json_boolean(out, true);
        if (equal_ignoring_case(text, "false")) return format::append_json_boolean(out, false);
      }
      return format::append_json_text(out, text);
    }
    case SQLITE_BLOB: return format::append_json_text(out, hex_of(handle, index));
    default: return format::append_json_null(out);
  }
}

RowWriter::RowWriter(const query::Plan& plan, const Shape& shape) : shape_(shape) {
  for (const auto& output : plan.outputs) {
    const auto& source = plan.table->columns[output.column];
    const bool as_json = !output.path.is_empty() && output.path.last == query::JsonPath::Arrow::json;
    const auto type = output.path.is_empty() ? source.type : model::Type{.kind = as_json ? Kind::json : Kind::text};
    const auto target = output.cast.value_or(type);
    Column column{.kind = target.kind, .number = target};
    column.as_text = target.kind == Kind::text && (source.is_typed || output.cast);
    if (column.as_text) column.number = source.type;
    column.key = ",";
    format::append_json_text(column.key, output.name);
    column.key += ':';
    if (!header_.empty()) header_ += ',';
    format::append_csv_text(header_, output.name);
    columns_.push_back(std::move(column));
  }
  header_ += '\n';
}

void RowWriter::begin(std::string& out) const {
  if (shape_.media == Media::json) out += '[';
  if (shape_.media == Media::csv) out += header_;
}

void RowWriter::row(std::string& out, const Statement& statement, std::uint64_t index) const {
  if (shape_.media == Media::csv) return csv_row(out, statement);
  if (index > 0) out += ',';
  json_row(out, statement);
}

void RowWriter::end(std::string& out) const {
  if (shape_.media == Media::json) out += ']';
}

void RowWriter::json_row(std::string& out, const Statement& statement) const {
  const auto open = out.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    const int index = static_cast<int>(i);
    if (shape_.nulls == NullValues::stripped && sqlite3_column_type(statement.handle(), index) == SQLITE_NULL) continue;
    out += column.key;
    append_json(out, statement, index, column);
  }
  // Each key brought its comma; the first one opens the object instead.
  if (out.size() == open) {
    out += '{';
  } else {
    out[open] = '{';
  }
  out += '}';
}

void RowWriter::csv_row(std::string& out, const Statement& statement) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_csv(out, statement.handle(), static_cast<int>(i), columns_[i].number);
  }
  out += '\n';
}

}  // namespace aljibe::store::sqlite
