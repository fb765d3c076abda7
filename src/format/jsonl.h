#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format/columns.h"

namespace aljibe::format {

class JsonWalker;

/// The keys of the objects on the lines of `head`, in the order in which they first occur; a last line that is cut off and
/// lines that are no objects are passed over.
std::vector<std::string> json_columns(std::string_view head);

/// Makes rows of JSON Lines: the one cell it is given is a line, whose members become the cells of `inner`, by name.
///
/// Strings are unescaped; numbers keep the digits they are written with; null and missing members are empty cells without quotes; objects and
/// arrays are the text they stand in.
/// Faults:  json_invalid (no object, or not well-formed); row_long for a member that is none of `columns`, so that nothing is lost
///          silently.
class JsonRows final : public RowMaker {
 public:
  JsonRows(std::unique_ptr<RowMaker> inner, std::vector<std::string> columns);
  ~JsonRows() override;
  [[nodiscard]] std::size_t columns_count() const override { return inner_->columns_count(); }
  std::optional<Fault> make(std::span<const Cell> cells, const model::Position& position, Arena& arena, model::Value* row) override;

 private:
  std::unique_ptr<RowMaker> inner_;
  std::vector<std::string> columns_;
  std::unique_ptr<JsonWalker> walker_;
  std::vector<Cell> members_;
};

}  // namespace aljibe::format
