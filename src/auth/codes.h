#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/account_file.h"
#include "auth/accounts.h"
#include "base/result.h"

namespace aljibe::auth {

/// What a code in a message is good for, once.
enum class Purpose : std::uint8_t { verify, reset };

/// One-time codes: secrets of 256 bits that go to an account's address and prove that somebody reads it.   Threads: any; calls block.
class Codes {
 public:
  /// `file` outlives the object; a code lives for `life`.
  Codes(AccountFile& file, std::chrono::seconds life) : file_(file), life_(life) {}

  /// A new code for this account as it is now; older ones of the purpose are void.
  Result<std::string> make(const Account& account, Purpose purpose);
  /// Whose code it is. Nothing where it is unknown, expired or used, or the account has another address since.
  Result<std::optional<Account>> look(std::string_view code, Purpose purpose);
  /// The same, and it was used now.
  Result<std::optional<Account>> use(std::string_view code, Purpose purpose);

 private:
  Result<std::optional<Account>> find(store::sqlite::Connection& connection, const std::string& hash, Purpose purpose) const;

  AccountFile& file_;
  std::chrono::seconds life_;
};

}  // namespace aljibe::auth
