#include "auth/json.h"

#include <simdjson.h>

#include <algorithm>
#include <set>

namespace aljibe::auth {

/// Copies what simdjson read. False when something in it is ambiguous or too deep.
class JsonReader {
 public:
  using Element = simdjson::dom::element;

  static bool read(Element from, Json& to, std::size_t depth) {
    using Type = simdjson::dom::element_type;
    switch (from.type()) {
      case Type::OBJECT: return read_object(from.get_object().value_unsafe(), to, depth);
      case Type::ARRAY: return read_list(from.get_array().value_unsafe(), to, depth);
      case Type::STRING:
        to.kind_ = Json::Kind::text;
        to.text_ = from.get_string().value_unsafe();
        return true;
      case Type::INT64:
        to.kind_ = Json::Kind::integer;
        to.integer_ = from.get_int64().value_unsafe();
        return true;
      case Type::BOOL:
        to.kind_ = Json::Kind::boolean;
        to.integer_ = from.get_bool().value_unsafe() ? 1 : 0;
        return true;
      case Type::NULL_VALUE: return true;
      default:
        to.kind_ = Json::Kind::number;
        to.text_ = simdjson::minify(from);
        return true;
    }
  }

 private:
  static bool read_object(simdjson::dom::object from, Json& to, std::size_t depth) {
    if (depth > Json::depth_max) return false;
    to.kind_ = Json::Kind::object;
    std::set<std::string_view> seen;
    for (const auto& [key, value] : from) {
      if (!seen.insert(key).second) return false;
      auto& [name, member] = to.members_.emplace_back(std::string(key), Json());
      if (!read(value, member, depth + 1)) return false;
    }
    return true;
  }

  static bool read_list(simdjson::dom::array from, Json& to, std::size_t depth) {
    if (depth > Json::depth_max) return false;
    to.kind_ = Json::Kind::list;
    return std::ranges::all_of(from, [&](Element item) { return read(item, to.items_.emplace_back(), depth + 1); });
  }
};

std::optional<Json> Json::parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max || text.starts_with("\xef\xbb\xbf")) return std::nullopt;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  Json json;
  JsonReader::Element element;
  const bool is_read = parser.parse(padded).get(element) == simdjson::SUCCESS && element.is_object() && JsonReader::read(element, json, 1);
  return is_read ? std::optional(std::move(json)) : std::nullopt;
}

const Json* Json::find(std::string_view key) const {
  const auto found = std::ranges::find(members_, key, [](const auto& member) { return std::string_view(member.first); });
  return found == members_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> Json::text() const { return kind_ == Kind::text ? std::optional<std::string_view>(text_) : std::nullopt; }
std::optional<std::int64_t> Json::integer() const { return kind_ == Kind::integer ? std::optional(integer_) : std::nullopt; }

std::optional<std::string> Json::literal() const {
  switch (kind_) {
    case Kind::boolean: return integer_ != 0 ? "true" : "false";
    case Kind::integer: return std::to_string(integer_);
    case Kind::number:
    case Kind::text: return text_;
    default: return std::nullopt;
  }
}

std::optional<std::string_view> Json::text_of(std::string_view key) const {
  const auto* const member = find(key);
  return member == nullptr ? std::nullopt : member->text();
}

}  // namespace aljibe::auth
