#include "auth/claims.h"

namespace aljibe::auth {
namespace {

using Leaves = std::map<std::string, std::string, std::less<>>;

std::unexpected<Error> refused(std::string why) { return fail(Code::token_invalid, "The token's payload " + std::move(why)); }

Result<void> collect(const Json& object, const std::string& prefix, Leaves& leaves) {
  for (const auto& [key, value] : object.members()) {
    const auto path = prefix + key;
    if (value.kind() == Json::Kind::object) ALJ_TRY(collect(value, path + '.', leaves));
    const auto leaf = value.literal();
    // A key with a dot in it may spell the path of another: which of them is meant nobody can say.
    if (leaf && !leaves.try_emplace(path, *leaf).second) return refused("has two values at one path");
  }
  return {};
}

}  // namespace

Result<Claims> Claims::parse(std::string_view payload) {
  const auto json = Json::parse_object(payload, claims_bytes_max);
  if (!json) return refused("is no JSON object, is ambiguous, too large or nested too deeply");
  return of(payload, *json);
}

Result<Claims> Claims::of(std::string_view payload, const Json& json) {
  Claims claims;
  claims.json_ = payload;
  ALJ_TRY(collect(json, "", claims.leaves_));
  return claims;
}

std::optional<std::string_view> Claims::find(std::string_view path) const {
  const auto found = leaves_.find(path);
  return found == leaves_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

}  // namespace aljibe::auth
