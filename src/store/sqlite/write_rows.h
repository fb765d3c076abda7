#pragma once

#include <string>
#include <vector>

#include "query/plan.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

struct sqlite3_value;

namespace aljibe::store::sqlite {

/// Writes rows as a response wants them, straight from SQLite's buffers. Keys and types are worked out once.
class RowWriter {
 public:
  RowWriter(const query::Read& read, const Shape& shape) : RowWriter(read, shape, 0, read.outputs.size()) {}
  /// For a part of the outputs.
  RowWriter(const query::Read& read, const Shape& shape, std::size_t from, std::size_t to);

  void begin(std::string& out) const;
  /// The current row of `statement`, whose columns are the outputs first.
  void row(std::string& out, const Statement& statement, std::uint64_t index) const;
  void end(std::string& out) const;

  /// `,"a":1,"b":2`: each member with its comma. As many values as outputs.
  void members(std::string& out, sqlite3_value** values) const;
  /// The value of the first output alone.
  void value(std::string& out, sqlite3_value* value) const;
  [[nodiscard]] std::size_t size() const { return columns_.size(); }

 private:
  struct Column {
    std::string key;  // ,"name": with the comma
    model::Kind kind = model::Kind::text;  // what leaves
    model::Type number;                    // how digits are written
    bool as_text = false;                  // numbers leave as text: declared or cast so
  };
  void member(std::string& out, sqlite3_value* value, const Column& column) const;
  static void append_json(std::string& out, sqlite3_value* value, const Column& column);
  void json_row(std::string& out, const Statement& statement) const;
  void csv_row(std::string& out, const Statement& statement) const;

  std::vector<Column> columns_;
  std::string header_;  // CSV's first line
  Shape shape_;
};

/// Makes an object of its members: the first one's comma becomes the brace. `open` is where they begin.
void close_object(std::string& out, std::size_t open);

}  // namespace aljibe::store::sqlite
