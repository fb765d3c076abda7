#include "auth/claims.h"

#include <simdjson.h>

namespace aljibe::auth {
namespace {

using Element = simdjson::dom::element;

std::unexpected<Error> refused(std::string why) { return fail(Code::token_invalid, "The token's payload " + std::move(why)); }

/// Collects the leaves of objects.
class Collector {
 public:
  explicit Collector(std::map<std::string, std::string, std::less<>>& leaves) : leaves_(leaves) {}

  Result<void> collect(simdjson::dom::object object, const std::string& prefix, std::size_t depth) {
    if (depth > claims_depth_max) return refused("is nested too deeply");
    std::map<std::string_view, int> seen;
    for (const auto& [key, value] : object) {
      if (++seen[key] > 1) return refused("has a key twice");
      ALJ_TRY(take(value, prefix + std::string(key), depth));
    }
    return {};
  }

 private:
  Result<void> take(Element value, const std::string& path, std::size_t depth) {
    if (value.is_object()) return collect(value.get_object().value_unsafe(), path + '.', depth + 1);
    if (value.is_array() || value.is_null()) return {};
    // A key with a dot in it may spell the path of another: which of them is meant nobody can say.
    if (!leaves_.try_emplace(path, value.is_string() ? std::string(value.get_string().value_unsafe()) : simdjson::minify(value)).second) {
      return refused("has two values at one path");
    }
    return {};
  }

  std::map<std::string, std::string, std::less<>>& leaves_;
};

}  // namespace

Result<Claims> Claims::parse(std::string_view payload) {
  if (payload.size() > claims_bytes_max) return refused("is too large");
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(payload);
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) return refused("is no JSON object");
  Claims claims;
  claims.json_ = payload;
  ALJ_TRY(Collector(claims.leaves_).collect(object, "", 1));
  return claims;
}

std::optional<std::string_view> Claims::find(std::string_view path) const {
  const auto found = leaves_.find(path);
  return found == leaves_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

}  // namespace aljibe::auth
