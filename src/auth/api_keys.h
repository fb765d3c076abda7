#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account_file.h"
#include "base/result.h"

namespace aljibe::auth {

/// A key of a machine. Times are seconds since 1970.
struct ApiKey {
  std::string id;
  std::string name;
  std::string role;
  std::int64_t created_at = 0;
  std::optional<std::int64_t> expires_at;
  std::optional<std::int64_t> used_day;  // the last day on which it was used, in days since 1970
  std::optional<std::int64_t> revoked_at;
};

inline constexpr std::string_view api_key_prefix = "alj_";

/// Keys of machines: "alj_ID_SECRET", of which the file has the secret's hash.   Threads: any; calls block.
class ApiKeys {
 public:
  /// `file` outlives the object.
  explicit ApiKeys(AccountFile& file) : file_(file) {}

  struct Made {
    ApiKey key;
    std::string token;  // shown once
  };
  Result<Made> add(std::string_view name, std::string_view role, std::optional<std::int64_t> expires_at);
  /// Also those that are expired or revoked, the oldest first.
  Result<std::vector<ApiKey>> list();
  /// Errors: account_unknown.
  Result<void> revoke(std::string_view id);

  /// The key that `token` is. Nothing for what is none, expired or revoked.
  Result<std::optional<ApiKey>> find(std::string_view token);

 private:
  AccountFile& file_;
};

}  // namespace aljibe::auth
