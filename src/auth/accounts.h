#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account_file.h"
#include "base/result.h"

namespace aljibe::auth {

/// A person who may sign in. Times are milliseconds since 1970, valid_since is seconds.
struct Account {
  std::string id;
  std::string email;         // as it was written
  bool is_verified = false;
  std::string display_name;
  std::string photo_url;
  std::string role;          // empty: the default
  std::string claims;        // a JSON object of more claims; empty: none
  bool is_disabled = false;
  std::int64_t revision = 0;     // access tokens of an older one count no more
  std::int64_t valid_since = 0;  // sign-ins before it count no more
  std::int64_t created_at = 0;
  std::int64_t password_at = 0;
  std::int64_t signed_in_at = 0;
};

/// An account and the hash of its password.
struct Locked {
  Account account;
  std::string password;
};

/// What one account may change of itself; nothing: it stays.
struct Profile {
  std::optional<std::string> display_name;
  std::optional<std::string> photo_url;
};

/// The accounts of one file.   Threads: any; calls block. Errors of every call: those of the database.
class Accounts {
 public:
  /// `file` outlives the object.
  explicit Accounts(AccountFile& file) : file_(file) {}

  /// Errors: email_invalid, account_exists.
  Result<Account> add(std::string_view email, std::string_view password_hash);
  Result<std::optional<Locked>> find(std::string_view id);
  /// By an address in any spelling; nothing where it is no address.
  Result<std::optional<Locked>> find_by_email(std::string_view email);
  /// In the order of their addresses, at most `count_max`.
  Result<std::vector<Account>> list(std::size_t count_max);

  Result<void> set_profile(std::string_view id, const Profile& profile);
  /// Everything that was signed in before is signed out, but for the session that is kept.
  Result<void> set_password(std::string_view id, std::string_view password_hash, std::string_view kept_session = {});
  /// It is not verified then; tokens that are out name the old one, and are revoked. Errors: email_invalid, account_exists.
  Result<void> set_email(std::string_view id, std::string_view email);
  Result<void> set_verified(std::string_view id);
  /// A role or claims count at once: access tokens that say otherwise are revoked, sessions stay.
  Result<void> set_role(std::string_view id, std::string_view role);
  Result<void> set_claims(std::string_view id, std::string_view claims);
  enum class State : std::uint8_t { enabled, disabled };
  Result<void> set_state(std::string_view id, State state);
  /// Signs out everywhere.
  Result<void> revoke(std::string_view id);
  Result<void> remove(std::string_view id);

  /// For neighbours in the middle of a change: by "id" or "email_key".
  static Result<std::optional<Locked>> find_in(store::sqlite::Connection& connection, std::string_view column, std::string_view value);

 private:
  enum class Ends : std::uint8_t { nothing, access_tokens, sessions };
  Result<void> update(std::string_view id, std::string_view assignments, std::string_view value, Ends ends, std::string_view kept_session = {});

  AccountFile& file_;
};

}  // namespace aljibe::auth
