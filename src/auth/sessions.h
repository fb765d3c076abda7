#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/account_file.h"
#include "auth/accounts.h"
#include "base/result.h"

namespace aljibe::auth {

/// What goes on after a sign-in, until a sign-out or a refresh token that is not used in time.
struct SignedIn {
  Account account;
  std::string session;
  std::int64_t began_at = 0;  // seconds since 1970: when the password was given
  std::string refresh_token;  // shown once
};

/// Sessions and their refresh tokens. Each token is good for one refresh, which gives the next one.   Threads: any; calls block.
class Sessions {
 public:
  enum class Fate : std::uint8_t {
    refreshed,
    unknown,  // or expired, ended, or of an account that is disabled
    reused    // somebody has a token that was used: the thief or the owner; the session has ended for both
  };
  struct Refresh {
    Fate fate = Fate::unknown;
    SignedIn next;  // with the account where one is known
  };

  /// `file` outlives the object; a refresh token lives for `life`.
  Sessions(AccountFile& file, std::chrono::seconds life) : file_(file), life_(life) {}

  /// For whoever has just given the password. Errors: account_unknown when it is gone or disabled by now.
  Result<SignedIn> begin(std::string_view account);
  Result<Refresh> refresh(std::string_view token);
  /// Whoever refreshes it or has an access token of it is refused from now on.
  Result<void> end(std::string_view session);
  /// The account of a session that has not ended, in its present state; account_unknown otherwise.
  Result<Account> account_of(std::string_view session, std::string_view account);

 private:
  Result<std::string> add_token(store::sqlite::Connection& connection, std::string_view session);
  Result<Refresh> use(store::sqlite::Connection& connection, const std::string& hash);

  AccountFile& file_;
  std::chrono::seconds life_;
};

}  // namespace aljibe::auth
