#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "auth/accounts.h"
#include "base/address.h"
#include "base/result.h"
#include "io/task.h"

namespace aljibe::auth {

/// Where a request comes from.
struct Sender {
  Address address;
  std::string request_id;
};

struct Credentials {
  std::string email;
  std::string password;
};

/// What a client has after a sign-in.
struct Session {
  Account account;
  std::string role;
  std::string access_token;   // empty: the address must be verified first
  std::string refresh_token;
  std::chrono::seconds life{0};   // of the access token
  std::int64_t expires_at = 0;    // seconds since 1970
};

enum class SignOut : std::uint8_t { this_session, every_session };

/// Signs people up and in: the built-in accounts, or another service behind the same words.   Threads: any.
///
/// Errors of all: rate_limited, overloaded, auth_unavailable; auth_misconfigured of a service elsewhere.
class Registrar {
 public:
  virtual ~Registrar() = default;

  /// Errors: sign_up_closed, email_invalid, password_unfit, account_exists where that may be told.
  virtual io::Task<Result<Session>> sign_up(Sender sender, Credentials credentials) = 0;
  /// Errors: credentials_wrong, of an unknown address too and after the same time; account_disabled, email_unverified for who knows the password.
  virtual io::Task<Result<Session>> sign_in(Sender sender, Credentials credentials) = 0;
  /// Errors: refresh_refused.
  virtual io::Task<Result<Session>> refresh(Sender sender, std::string refresh_token) = 0;
  /// Errors: token_invalid, token_expired.
  virtual io::Task<Result<void>> sign_out(Sender sender, std::string access_token, SignOut which) = 0;
  /// Errors: token_invalid, token_expired.
  virtual io::Task<Result<Account>> account_of(std::string access_token) = 0;
  /// A message with a code goes to the address, when somebody has it: the answer does not say. Errors: email_invalid.
  virtual io::Task<Result<void>> send_reset(Sender sender, std::string email) = 0;
  /// Errors: one_time_code_wrong, password_unfit.
  virtual io::Task<Result<Account>> reset(Sender sender, std::string code, std::string password) = 0;
  /// Errors: token_invalid, token_expired.
  virtual io::Task<Result<void>> send_verification(Sender sender, std::string access_token) = 0;
  /// Errors: one_time_code_wrong.
  virtual io::Task<Result<Account>> verify(Sender sender, std::string code) = 0;

  /// The role that an account has here.
  [[nodiscard]] virtual std::string role_of(const Account& account) const = 0;
  /// The public halves of the keys that sign its tokens, as a JWKS; empty when they are somebody else's.
  [[nodiscard]] virtual std::string jwks() const { return {}; }
};

}  // namespace aljibe::auth
