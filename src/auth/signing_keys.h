#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/account_file.h"
#include "auth/key.h"
#include "auth/signing_key.h"
#include "base/result.h"

namespace aljibe::auth {

/// The keys that sign access tokens: the newest signs, older ones are believed until their last token has expired.
/// Threads: any; calls block, but for present().
class SigningKeys {
 public:
  struct Set {
    SigningKey signing;
    std::int64_t made_at = 0;
    std::uint64_t mark = 0;  // AccountFile::mark() before they were read
    KeySet all;
    std::string jwks;  // {"keys":[…]}, the public halves
  };
  struct Lives {
    std::chrono::seconds key{90 * 86'400};
    std::chrono::seconds token{900};
  };

  /// `file` outlives the object.
  SigningKeys(AccountFile& file, Lives lives) : file_(file), lives_(lives) {}

  /// Reads the keys; makes a new one where there is none, or the newest is old. Others hear of it by the epoch.
  Result<std::shared_ptr<const Set>> load();
  /// As of the last load().
  [[nodiscard]] std::shared_ptr<const Set> present() const;
  /// Whether load() would find other keys, or make a new one.
  [[nodiscard]] bool is_due() const;
  /// A new key signs from now on.
  Result<void> rotate();

 private:
  Result<std::vector<SigningKey>> read(store::sqlite::Connection& connection, std::int64_t& made_at);
  Result<void> add(store::sqlite::Connection& connection);

  AccountFile& file_;
  const Lives lives_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Set> present_;
};

}  // namespace aljibe::auth
