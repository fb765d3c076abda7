#include "pipeline/mapping.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "format/convert.h"

namespace aljibe::pipeline {
namespace {

using Tag = model::Value::Tag;

/// A piece of a template: a text, a cell of the record, or the record's number.
struct Piece {
  enum class What : std::uint8_t { text, cell, record } what = What::text;
  std::string text;
  std::size_t cell = 0;
};

struct Output {
  std::string column;
  format::Conversion conversion;
  std::optional<std::size_t> cell;  // of the record; nothing when the text is made from pieces
  std::vector<Piece> pieces;
  bool trims = false;
  bool is_required = false;
  bool nulls_are_empty = false;     // types that have no empty text
  std::vector<std::string> null_if;
  Checks checks;
};

/// A double has 53 bits: decimals beyond would not come back as they were.
constexpr std::int64_t exact_units_max = std::int64_t{1} << 53;

class Rows final : public format::RowMaker {
 public:
  explicit Rows(const std::vector<Output>& outputs) : outputs_(&outputs) {}
  [[nodiscard]] std::size_t columns_count() const override { return outputs_->size(); }

  std::optional<format::Fault> make(std::span<const format::Cell> cells, const model::Position& position, format::Arena& arena, model::Value* row) override {
    for (const auto& output : *outputs_) {
      if (auto fault = make_value(output, cells, position, arena, *row++)) return fault;
    }
    return std::nullopt;
  }

 private:
  std::optional<format::Fault> make_value(const Output& output, std::span<const format::Cell> cells, const model::Position& position, format::Arena& arena, model::Value& value) {
    const auto text = output.cell ? text_of(output, cells[*output.cell]) : compose(output, cells, position, arena);
    value = model::Value();
    if (!text) {
      if (output.is_required) return format::Fault{Code::value_missing, output.column, "the value is missing"};
      return std::nullopt;
    }
    if (output.conversion.type.kind == model::Kind::text) {
      value = model::Value::of_text(*text);
    } else if (const auto code = format::convert(*text, output.conversion, arena, value)) {
      return format::Fault{*code, output.column, format::complaint(*code, *text, output.conversion.type)};
    }
    if (value.tag == Tag::decimal && (value.integer > exact_units_max || value.integer < -exact_units_max)) {
      return format::Fault{Code::value_out_of_range, output.column, format::complaint(Code::value_out_of_range, *text, output.conversion.type)};
    }
    return output.checks.is_empty() ? std::nullopt : output.checks.find_fault(value);
  }

  static std::optional<std::string_view> text_of(const Output& output, const format::Cell& cell) {
    const auto text = output.trims ? trim(cell.text) : cell.text;
    if (text.empty() && (!cell.quoted || output.nulls_are_empty)) return std::nullopt;
    for (const auto& null : output.null_if) {
      if (text == null) return std::nullopt;
    }
    return text;
  }

  /// Null as soon as a cell that it needs is.
  std::optional<std::string_view> compose(const Output& output, std::span<const format::Cell> cells, const model::Position& position, format::Arena& arena) {
    text_.clear();
    for (const auto& piece : output.pieces) {
      switch (piece.what) {
        case Piece::What::text: text_ += piece.text; break;
        case Piece::What::record: text_ += std::to_string(position.record); break;
        case Piece::What::cell:
          if (cells[piece.cell].text.empty() && !cells[piece.cell].quoted) return std::nullopt;
          text_ += cells[piece.cell].text;
          break;
      }
    }
    char* const kept = arena.take(text_.size());
    std::ranges::copy(text_, kept);
    return text_of(output, {{kept, text_.size()}, true});
  }

  const std::vector<Output>* outputs_;
  std::string text_;
};

class TableMapping final : public Mapping {
 public:
  [[nodiscard]] const model::Table& table() const override { return table_; }
  [[nodiscard]] std::unique_ptr<format::RowMaker> rows() const override { return std::make_unique<Rows>(outputs_); }

  Result<void> build(const model::Load& load, std::span<const SourceColumn> source, const Facts& facts, const References& references);

 private:
  Result<void> add(const model::ColumnRule& rule, std::optional<std::size_t> cell, const model::Type& inferred, std::span<const SourceColumn> source, const Facts& facts, const References& references);
  Result<void> declare_keys(const model::Load& load);

  model::Table table_;
  std::vector<Output> outputs_;
};

std::unexpected<Error> invalid(const model::Place& place, std::string message, std::string hint = {}) {
  return fail(Code::config_value_invalid, place.line > 0 ? fmt::format("{}:{}: {}", place.line, place.column, message) : std::move(message), {}, std::move(hint));
}

std::optional<std::size_t> find(std::span<const SourceColumn> source, std::string_view name) {
  const auto found = std::ranges::find(source, name, &SourceColumn::name);
  if (found == source.end()) return std::nullopt;
  return static_cast<std::size_t>(found - source.begin());
}

std::string hint_for(std::string_view name, std::span<const SourceColumn> source) {
  std::vector<std::string_view> names;
  for (const auto& column : source) names.emplace_back(column.name);
  const auto meant = closest(name, names);
  return meant.empty() ? "" : fmt::format("Did you mean '{}'?", meant);
}

/// "https://…/${asin}" → text and cells.
Result<std::vector<Piece>> parse_template(const model::ColumnRule& rule, std::span<const SourceColumn> source, const Facts& facts) {
  std::vector<Piece> pieces;
  std::string_view left = *rule.derive;
  while (!left.empty()) {
    const auto open = left.find("${");
    if (open != 0) pieces.push_back({Piece::What::text, std::string(left.substr(0, open)), 0});
    if (open == std::string_view::npos) break;
    const auto close = left.find('}', open);
    if (close == std::string_view::npos) return invalid(rule.place, fmt::format("the template of column {} has a ${{ without }}", rule.name));
    const auto name = left.substr(open + 2, close - open - 2);
    if (name == "source.record") pieces.push_back({Piece::What::record, {}, 0});
    else if (name == "source.file") pieces.push_back({Piece::What::text, facts.file, 0});
    else if (name == "run") pieces.push_back({Piece::What::text, facts.run, 0});
    else if (const auto cell = find(source, name)) pieces.push_back({Piece::What::cell, {}, *cell});
    else return invalid(rule.place, fmt::format("the template of column {} names '{}', which is not in the file", rule.name, name), hint_for(name, source));
    left.remove_prefix(close + 1);
  }
  return pieces;
}

Result<void> TableMapping::build(const model::Load& load, std::span<const SourceColumn> source, const Facts& facts, const References& references) {
  table_.name = load.table;
  for (std::size_t cell = 0; cell < source.size(); ++cell) {
    const auto rule = std::ranges::find(load.columns, source[cell].name, &model::ColumnRule::name);
    model::ColumnRule plain;
    plain.name = source[cell].name;
    ALJ_TRY(add(rule == load.columns.end() ? plain : *rule, cell, source[cell].type, source, facts, references));
  }
  for (const auto& rule : load.columns) {
    if (find(source, rule.name)) continue;
    if (!rule.constant && !rule.derive) return invalid(rule.place, fmt::format("column '{}' is not in {}", rule.name, facts.file), hint_for(rule.name, source));
    ALJ_TRY(add(rule, std::nullopt, {}, source, facts, references));
  }
  if (outputs_.empty()) return invalid(load.place, fmt::format("nothing is left to load into {}", load.table));
  return declare_keys(load);
}

Result<void> TableMapping::add(const model::ColumnRule& rule, std::optional<std::size_t> cell, const model::Type& inferred, std::span<const SourceColumn> source, const Facts& facts, const References& references) {
  if (rule.drop) return {};
  Output output;
  output.column = rule.rename.value_or(rule.name);
  const bool exists = std::ranges::any_of(table_.columns, [&](const auto& column) { return equal_ignoring_case(column.name, output.column); });
  if (exists) return invalid(rule.place, fmt::format("table {} would have two columns named '{}'", table_.name, output.column), "rename one of them");
  output.conversion = {rule.type.value_or(inferred), rule.true_words, rule.false_words};
  if (rule.constant) output.pieces.push_back({Piece::What::text, *rule.constant, 0});
  else if (rule.derive) output.pieces = ALJ_TRY(parse_template(rule, source, facts));
  else output.cell = cell;
  output.trims = rule.trim;
  output.is_required = rule.required;
  output.nulls_are_empty = output.conversion.type.kind != model::Kind::text;
  output.null_if = rule.null_if;
  std::shared_ptr<const ReferenceSet> targets;
  if (rule.references) {
    const auto found = references.find(rule.references->table + "." + rule.references->column);
    if (found != references.end()) targets = found->second;
    table_.foreign_keys.push_back({{}, {output.column}, rule.references->table, {rule.references->column}});
  }
  output.checks = ALJ_TRY(Checks::of(rule, output.column, output.conversion.type, std::move(targets)));
  if (rule.unique) table_.unique_keys.push_back({table_.columns.size()});
  table_.columns.push_back({output.column, output.conversion.type, !rule.required, false, {}});
  outputs_.push_back(std::move(output));
  return {};
}

Result<void> TableMapping::declare_keys(const model::Load& load) {
  for (const auto& name : load.key) {
    const auto column = table_.find(name);
    if (!column) return invalid(load.place, fmt::format("the key of {} names '{}', which is not one of its columns", load.table, name));
    table_.primary_key.push_back(*column);
    table_.columns[*column].nullable = false;
    outputs_[*column].is_required = true;
  }
  if (load.mode == model::Mode::upsert && load.key.empty()) return invalid(load.place, fmt::format("upsert into {} needs a key", load.table));
  return {};
}

}  // namespace

Result<std::shared_ptr<const Mapping>> Mapping::of(const model::Load& load, std::span<const SourceColumn> source, const Facts& facts, const References& references) {
  auto mapping = std::make_shared<TableMapping>();
  ALJ_TRY(mapping->build(load, source, facts, references));
  return mapping;
}

}  // namespace aljibe::pipeline
