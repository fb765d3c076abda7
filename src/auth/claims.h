#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "auth/json.h"
#include "base/result.h"

namespace aljibe::auth {

/// What a verified token says of its bearer: the leaves of its payload as text, by their path ("sub", "app_metadata.tenant").
/// Immutable.   Threads: any.
class Claims {
 public:
  Claims() = default;

  /// In:      a JSON object without a key that stands twice, of at most claims_bytes_max bytes and claims_depth_max levels.
  /// Errors:  token_invalid.
  static Result<Claims> parse(std::string_view payload);
  /// The same of a payload that was read already.
  static Result<Claims> of(std::string_view payload, const Json& json);

  /// Texts as they are, whole numbers and booleans as JSON has them, other numbers in their shortest form. Nothing for null, for what is absent, and for objects and arrays:
  /// a policy that reads such a claim lets nothing through.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view path) const;
  /// The payload, as it was signed.
  [[nodiscard]] const std::string& json() const { return json_; }

 private:
  std::string json_;
  std::map<std::string, std::string, std::less<>> leaves_;
};

inline constexpr std::size_t claims_bytes_max = 16 * 1024;
inline constexpr std::size_t claims_depth_max = Json::depth_max;

}  // namespace aljibe::auth
