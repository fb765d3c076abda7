#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "format/arena.h"
#include "format/convert.h"
#include "model/batch.h"

namespace aljibe::format {

/// A field of one record: its text without quotes, and whether it had any (a quoted empty text is not null).
struct Cell {
  std::string_view text;
  bool quoted = false;
};

/// Why a record cannot become a row.
struct Fault {
  Code code = Code::internal;
  std::string column;  // empty when the record as a whole is at fault
  std::string message;
};

/// Makes rows of cells: types, mapping and checks. A stream has one for each of its threads.
class RowMaker {
 public:
  RowMaker() = default;
  RowMaker(const RowMaker&) = delete;
  RowMaker& operator=(const RowMaker&) = delete;
  virtual ~RowMaker() = default;

  /// Width of the rows it makes; it may differ from that of the file.
  [[nodiscard]] virtual std::size_t columns_count() const = 0;

  /// Fills `row`, columns_count() values. Text may view the cells or the arena. `cells` has as many cells as the file has
  /// columns; their text is valid UTF-8 without NUL.
  virtual std::optional<Fault> make(std::span<const Cell> cells, const model::Position& position, Arena& arena,
                                    model::Value* row) = 0;
};

/// One text value a cell, never null: the file as it is.
class TextRows final : public RowMaker {
 public:
  explicit TextRows(std::size_t columns_count) : columns_count_(columns_count) {}
  [[nodiscard]] std::size_t columns_count() const override { return columns_count_; }
  std::optional<Fault> make(std::span<const Cell> cells, const model::Position& position, Arena& arena,
                            model::Value* row) override;

 private:
  std::size_t columns_count_;
};

/// A column of TypedRows.
struct TypedColumn {
  std::string name;
  Conversion conversion;
};

/// Each cell as its column's type; a cell that is empty and not quoted is null.
class TypedRows final : public RowMaker {
 public:
  explicit TypedRows(std::vector<TypedColumn> columns) : columns_(std::move(columns)) {}
  [[nodiscard]] std::size_t columns_count() const override { return columns_.size(); }
  std::optional<Fault> make(std::span<const Cell> cells, const model::Position& position, Arena& arena,
                            model::Value* row) override;

 private:
  std::vector<TypedColumn> columns_;
};

}  // namespace aljibe::format
