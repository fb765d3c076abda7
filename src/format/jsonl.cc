#include "format/jsonl.h"

#include <simdjson.h>

#include <algorithm>
#include <functional>

#include "base/text.h"

namespace aljibe::format {
namespace {

namespace ondemand = simdjson::ondemand;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// RFC 8259 §6.
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const auto from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  const auto take = [&](std::string_view letters) { return at < text.size() && letters.find(text[at]) != std::string_view::npos && ++at > 0; };
  take("-");
  const bool begins_with_zero = at < text.size() && text[at] == '0';
  const auto whole = digits();
  if (whole == 0 || (begins_with_zero && whole > 1)) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

}  // namespace

/// One line at a time, in a buffer with the padding that simdjson reads.
struct JsonRows::Parser {
  ondemand::parser parser;
  simdjson::dom::parser nested_parser;
  std::string line;

  using Member = std::function<bool(std::string_view key, const Cell& cell)>;

  /// Calls `member` for each member of the object in `text`; false when it is none, or when `member` says so.
  bool walk(std::string_view text, Arena& arena, const Member& member) {
    line.assign(text);
    line.append(simdjson::SIMDJSON_PADDING, '\0');
    ondemand::document document;
    if (parser.iterate(line.data(), text.size(), line.size()).get(document) != simdjson::SUCCESS) return false;
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto field : object) {
      std::string_view key;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return false;
      const auto cell = cell_of(value, arena);
      if (!cell || !member(key, *cell)) return false;
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing stands behind the object
  }

  static std::string_view kept(std::string_view text, Arena& arena) {
    char* const space = arena.take(text.size());
    text.copy(space, text.size());
    return {space, text.size()};
  }

  std::optional<Cell> cell_of(ondemand::value& value, Arena& arena) {
    ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return std::nullopt;
    switch (type) {
      case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
        return Cell{kept(text, arena), true};
      }
      case ondemand::json_type::number: {
        const auto text = without_blanks(value.raw_json_token());
        double number = 0;
        if (!is_json_number(text) || value.get_double().get(number) == simdjson::INCORRECT_TYPE) return std::nullopt;
        return Cell{kept(text, arena), false};
      }
      case ondemand::json_type::boolean: {
        bool truth = false;
        if (value.get_bool().get(truth) != simdjson::SUCCESS) return std::nullopt;
        return Cell{truth ? "true" : "false", false};
      }
      case ondemand::json_type::null:
        if (without_blanks(value.raw_json_token()) != "null" || !value.is_null()) return std::nullopt;
        return Cell{};
      case ondemand::json_type::object:
      case ondemand::json_type::array: return nested(value, arena);
    }
    return std::nullopt;
  }

  std::optional<Cell> nested(ondemand::value& value, Arena& arena) {
    std::string_view text;
    ondemand::array array;
    ondemand::object object;
    if (value.get_array().get(array) == simdjson::SUCCESS) {
      if (array.raw_json().get(text) != simdjson::SUCCESS) return std::nullopt;
    } else if (value.get_object().get(object) != simdjson::SUCCESS || object.raw_json().get(text) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    text = without_blanks(text);
    simdjson::dom::element element;
    if (nested_parser.parse(text.data(), text.size()).get(element) != simdjson::SUCCESS) return std::nullopt;
    return Cell{kept(text, arena), true};
  }
};

JsonRows::JsonRows(std::unique_ptr<RowMaker> inner, std::vector<std::string> columns)
    : inner_(std::move(inner)), columns_(std::move(columns)), parser_(std::make_unique<Parser>()) {}

JsonRows::~JsonRows() = default;

std::optional<Fault> JsonRows::make(std::span<const Cell> cells, const model::Position& position, Arena& arena, model::Value* row) {
  members_.assign(columns_.size(), Cell{});
  std::optional<Fault> fault;
  std::size_t expected = 0;  // members usually come in the order of the columns
  const auto take = [&](std::string_view key, const Cell& cell) {
    if (expected >= columns_.size() || columns_[expected] != key) {
      expected = static_cast<std::size_t>(std::ranges::find(columns_, key) - columns_.begin());
    }
    if (expected == columns_.size()) {
      fault = Fault{Code::row_long, std::string(key), "A member that no object in the first part of the file has."};
      return false;
    }
    members_[expected++] = cell;
    return true;
  };
  const bool is_object = parser_->walk(cells[0].text, arena, take);
  if (fault) return fault;
  if (!is_object) return Fault{Code::json_invalid, {}, "The line is not a well-formed JSON object."};
  return inner_->make(members_, position, arena, row);
}

std::vector<std::string> json_columns(std::string_view head) {
  std::vector<std::string> columns;
  JsonRows::Parser parser;
  const auto take = [&](std::string_view key, const Cell&) {
    if (std::ranges::find(columns, key) == columns.end()) columns.emplace_back(key);
    return true;
  };
  while (!head.empty()) {
    Arena arena;
    const auto line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    const auto known = columns.size();
    if (!parser.walk(line, arena, take)) columns.resize(known);
  }
  return columns;
}

}  // namespace aljibe::format
