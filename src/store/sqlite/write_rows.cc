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

std::string_view text_of(sqlite3_value* value) {
  // A connection and its values are used by one thread, so that values of columns are as safe as those of calls.
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// \x and hexadecimal digits, PostgreSQL's form of bytea.
std::string hex_of(sqlite3_value* value) {
  const auto* const bytes = static_cast<const char*>(sqlite3_value_blob(value));
  std::string text = "\\x";
  append_hex(text, {bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))});
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
std::string number_text(sqlite3_value* value, const model::Type& type) {
  std::string text;
  if (sqlite3_value_type(value) == SQLITE_INTEGER) {
    append_integer(text, type, sqlite3_value_int64(value));
  } else {
    append_real(text, type, sqlite3_value_double(value));
  }
  return text;
}

void append_csv(std::string& out, sqlite3_value* value, const model::Type& type) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
    case SQLITE_FLOAT: out += number_text(value, type); return;
    case SQLITE_TEXT: return format::append_csv_text(out, text_of(value));
    case SQLITE_BLOB: return format::append_csv_text(out, hex_of(value));
    default: return;
  }
}

}  // namespace

void RowWriter::append_json(std::string& out, sqlite3_value* value, const Column& column) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      if (column.as_text) return format::append_json_text(out, number_text(value, column.number));
      return append_integer(out, column.number, sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      if (column.as_text) return format::append_json_text(out, number_text(value, column.number));
      return append_real(out, column.number, sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto text = text_of(value);
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
    case SQLITE_BLOB: return format::append_json_text(out, hex_of(value));
    default: return format::append_json_null(out);
  }
}

RowWriter::RowWriter(const query::Read& read, const Shape& shape, std::size_t from, std::size_t to) : shape_(shape) {
  for (std::size_t i = from; i < to; ++i) {
    const auto& output = read.outputs[i];
    const auto leaf = query::leaf_of(read, output);
    const auto& source = *leaf.output;
    const bool is_column = !source.embed && source.column < leaf.read->table->columns.size();
    const auto* const declared = is_column ? &leaf.read->table->columns[source.column] : nullptr;
    const auto type = query::type_of(read, output);
    Column column{.kind = type.kind, .number = type};
    column.as_text = type.kind == Kind::text && (declared == nullptr || declared->is_typed || source.cast || source.aggregate_cast);
    if (column.as_text && declared != nullptr) column.number = declared->type;
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

void RowWriter::member(std::string& out, sqlite3_value* value, const Column& column) const {
  if (shape_.nulls == NullValues::stripped && sqlite3_value_type(value) == SQLITE_NULL) return;
  out += column.key;
  append_json(out, value, column);
}

void RowWriter::members(std::string& out, sqlite3_value** values) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) member(out, values[i], columns_[i]);
}

void RowWriter::value(std::string& out, sqlite3_value* value) const { append_json(out, value, columns_.front()); }

void RowWriter::json_row(std::string& out, const Statement& statement) const {
  const auto open = out.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) member(out, sqlite3_column_value(statement.handle(), static_cast<int>(i)), columns_[i]);
  close_object(out, open);
}

void RowWriter::csv_row(std::string& out, const Statement& statement) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out += ',';
    append_csv(out, sqlite3_column_value(statement.handle(), static_cast<int>(i)), columns_[i].number);
  }
  out += '\n';
}

void close_object(std::string& out, std::size_t open) {
  if (out.size() == open) {
    out += '{';
  } else {
    out[open] = '{';
  }
  out += '}';
}

}  // namespace aljibe::store::sqlite
