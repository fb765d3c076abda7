#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "auth/accounts.h"
#include "auth/api_keys.h"
#include "auth/audit.h"
#include "auth/codes.h"
#include "auth/hasher.h"
#include "auth/mailer.h"
#include "auth/provider.h"
#include "auth/registrar.h"
#include "auth/sessions.h"
#include "auth/signing_keys.h"
#include "auth/turnstile.h"
#include "io/pool.h"
#include "telemetry/event.h"

namespace aljibe::auth {

/// The accounts of this aljibe: people with an address and a password, and the keys of machines.   Threads: any.
///
/// Access tokens live for minutes and are signed; each is held against its session and account whenever something was revoked.
class BuiltIn final : public Registrar {
 public:
  struct Settings {
    std::string file = "auth.db";
    std::string issuer = "aljibe";
    std::string audience = "aljibe";
    std::string default_role = "authenticated";
    std::chrono::seconds access_life{900};
    std::chrono::seconds refresh_life{30 * 86'400};
    std::chrono::seconds code_life{3'600};
    std::chrono::seconds signing_key_life{90 * 86'400};
    std::size_t password_bytes_min = 8;
    bool is_open = true;                 // whether people may sign up
    bool wants_verified = false;         // before a sign-in
    std::string site;                    // where the links of messages lead; empty: messages have the code alone
    Hasher::Bounds hashes;
    Turnstile::Bounds tries;
    Mailer::Settings mail;
  };

  /// `clock` outlives the object. Errors: those of AccountFile::open.
  static Result<std::unique_ptr<BuiltIn>> open(Settings settings, const Clock& clock, telemetry::Emit emit);

  io::Task<Result<Session>> sign_up(Sender sender, Credentials credentials) override;
  io::Task<Result<Session>> sign_in(Sender sender, Credentials credentials) override;
  io::Task<Result<Session>> refresh(Sender sender, std::string refresh_token) override;
  io::Task<Result<void>> sign_out(Sender sender, std::string access_token, SignOut which) override;
  io::Task<Result<Account>> account_of(std::string access_token) override;
  io::Task<Result<void>> send_reset(Sender sender, std::string email) override;
  io::Task<Result<Account>> reset(Sender sender, std::string code, std::string password) override;
  io::Task<Result<void>> send_verification(Sender sender, std::string access_token) override;
  io::Task<Result<Account>> verify(Sender sender, std::string code) override;
  [[nodiscard]] std::string jwks() const override;

  /// What somebody changes of the own account; a new password or address needs a sign-in that is minutes old.
  struct Change {
    std::optional<std::string> email;
    std::optional<std::string> password;
    Profile profile;
    enum class Then : std::uint8_t { new_session, same_session } then = Then::new_session;
  };
  /// A new password ends every session, but for the one that made it, if that is wanted. A new address takes effect in access tokens
  /// at once. Out: with tokens after a grave change that wants a new session. Errors: those of sign_up; token_invalid, token_expired, sign_in_too_old.
  io::Task<Result<Session>> change(Sender sender, std::string access_token, Change change);
  /// Errors: token_invalid, token_expired, sign_in_too_old.
  io::Task<Result<void>> remove(Sender sender, std::string access_token);
  /// Whose reset the code is for; it stays good. Errors: one_time_code_wrong.
  io::Task<Result<Account>> look_at_reset(Sender sender, std::string code);
  /// A session for who has the code of a message; it is used then. Errors: one_time_code_wrong.
  io::Task<Result<Session>> sign_in_by_code(Sender sender, std::string code, Purpose purpose);
  [[nodiscard]] const std::string& audience() const { return settings_.audience; }
  [[nodiscard]] std::string role_of(const Account& account) const override { return account.role.empty() ? settings_.default_role : account.role; }

  /// Says who has an access token, or an API key. The object outlives both.
  std::unique_ptr<Provider> token_provider();
  std::unique_ptr<Provider> key_provider();

  // For tests and the command line.
  [[nodiscard]] Accounts& accounts() { return accounts_; }
  [[nodiscard]] ApiKeys& keys() { return keys_; }
  [[nodiscard]] SigningKeys& signing_keys() { return signing_keys_; }
  [[nodiscard]] Hasher& hasher() { return hasher_; }
  [[nodiscard]] Mailer& mailer() { return mailer_; }

 private:
  class TokenProvider;
  class KeyProvider;
  /// Who has an access token that holds.
  struct Bearer {
    Account account;
    std::string session;
    std::int64_t began_at = 0;
    Claims claims;
    std::int64_t expires = 0;
  };

  BuiltIn(Settings settings, std::unique_ptr<AccountFile> file, const Clock& clock, telemetry::Emit emit);

  template <class Job>
  io::Task<std::invoke_result_t<Job&>> in_file(Job job);
  Result<Session> session_of(SignedIn begun);
  Result<void> check_password(const std::string& password) const;
  io::Task<Result<Bearer>> bearer(std::string access_token);
  Result<Bearer> look_up(const ParsedToken& token);
  io::Task<Result<Bearer>> recent_bearer(std::string access_token);
  io::Task<Result<Session>> begin(std::string account);
  io::Task<Result<void>> send_code(Account account, Purpose purpose);
  io::Task<Result<Session>> repeat_sign_up(std::string email);
  std::uint64_t epoch();

  const Settings settings_;
  const telemetry::Emit emit_;
  const Audit audit_{emit_, "built-in"};
  std::unique_ptr<AccountFile> file_;
  Accounts accounts_;
  Sessions sessions_;
  Codes codes_;
  ApiKeys keys_;
  SigningKeys signing_keys_;
  Turnstile turnstile_;
  Hasher hasher_;
  Mailer mailer_;
  std::atomic<bool> reads_epoch_{false};
  io::Pool pool_{1, 1'024};  // the file has one connection; last, as its jobs use everything above
};

}  // namespace aljibe::auth
