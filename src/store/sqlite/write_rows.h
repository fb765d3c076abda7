#pragma once

#include <string>
#include <vector>

#include "query/plan.h"
#include "store/database.h"
#include "store/sqlite/connection.h"

namespace aljibe::store::sqlite {

/// Writes rows as a response wants them, straight from SQLite's buffers. Keys and types are worked out once.
class RowWriter {
 public:
  RowWriter(const query::Plan& plan, const Shape& shape);

  void begin(std::string& out) const;
  /// The current row of `statement`, whose columns are the plan's outputs first.
  void row(std::string& out, const Statement& statement, std::uint64_t index) const;
  void end(std::string& out) const;

 private:
  struct Column {
    std::string key;  // ,"name": with the comma
    model::Kind kind = model::Kind::text;  // what leaves
    model::Type number;                    // how digits are written
    bool as_text = false;                  // numbers leave as text: declared or cast so
  };
  static void append_json(std::string& out, const Statement& statement, int index, const Column& column);
  void json_row(std::string& out, const Statement& statement) const;
  void csv_row(std::string& out, const Statement& statement) const;

  std::vector<Column> columns_;
  std::string header_;  // CSV's first line
  Shape shape_;
};

}  // namespace aljibe::store::sqlite
