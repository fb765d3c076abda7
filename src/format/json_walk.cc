#include "format/json_walk.h"

#include <simdjson.h>

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

struct JsonWalker::Parser {
  ondemand::parser parser;
  simdjson::dom::parser nested_parser;
  std::string bytes;  // with the padding that simdjson reads

  bool open(std::string_view text, ondemand::document& document) {
    bytes.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    bytes.assign(text);
    bytes.append(simdjson::SIMDJSON_PADDING, '\0');
    return parser.iterate(bytes.data(), text.size(), bytes.size()).get(document) == simdjson::SUCCESS;
  }

  static bool is_at_end(ondemand::document& document) { return document.current_location().error() == simdjson::OUT_OF_BOUNDS; }

  bool members(ondemand::object& object, Arena& arena, const Member& member) {
    for (auto field : object) {
      std::string_view key;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return false;
      const auto cell = cell_of(value, arena);
      if (!cell || !member(key, *cell)) return false;
    }
    return true;
  }

  bool elements(ondemand::array& array, Arena& arena, const Begin& begin, const Member& member) {
    for (auto element : array) {
      ondemand::object object;
      if (element.get_object().get(object) != simdjson::SUCCESS || !begin() || !members(object, arena, member)) return false;
    }
    return true;
  }

  std::optional<JsonCell> cell_of(ondemand::value& value, Arena& arena) {
    ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return std::nullopt;
    switch (type) {
      case ondemand::json_type::string: {
        std::string_view text;
        if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
        return JsonCell{JsonKind::text, arena.keep(text)};
      }
      case ondemand::json_type::number: {
        const auto text = without_blanks(value.raw_json_token());
        double number = 0;
        if (!is_json_number(text) || value.get_double().get(number) == simdjson::INCORRECT_TYPE) return std::nullopt;
        return JsonCell{JsonKind::number, arena.keep(text)};
      }
      case ondemand::json_type::boolean: {
        bool truth = false;
        if (value.get_bool().get(truth) != simdjson::SUCCESS) return std::nullopt;
        return JsonCell{JsonKind::boolean, truth ? "true" : "false"};
      }
      case ondemand::json_type::null: {
        bool is_null = false;
        if (without_blanks(value.raw_json_token()) != "null" || value.is_null().get(is_null) != simdjson::SUCCESS || !is_null) return std::nullopt;
        return JsonCell{JsonKind::null, {}};
      }
      case ondemand::json_type::object:
      case ondemand::json_type::array: return nested(value, arena);
    }
    return std::nullopt;
  }

  std::optional<JsonCell> nested(ondemand::value& value, Arena& arena) {
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
    return JsonCell{JsonKind::nested, arena.keep(text)};
  }
};

JsonWalker::JsonWalker() : parser_(std::make_unique<Parser>()) {}
JsonWalker::~JsonWalker() = default;

bool JsonWalker::object(std::string_view text, Arena& arena, const Member& member) {
  ondemand::document document;
  ondemand::object object;
  if (!parser_->open(text, document) || document.get_object().get(object) != simdjson::SUCCESS) return false;
  return parser_->members(object, arena, member) && Parser::is_at_end(document);
}

bool JsonWalker::objects(std::string_view text, Arena& arena, const Begin& begin, const Member& member) {
  ondemand::document document;
  ondemand::array array;
  if (!parser_->open(text, document) || document.get_array().get(array) != simdjson::SUCCESS) return false;
  return parser_->elements(array, arena, begin, member) && Parser::is_at_end(document);
}

}  // namespace aljibe::format
