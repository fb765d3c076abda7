#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/audit.h"
#include "auth/json.h"
#include "auth/registrar.h"
#include "auth/turnstile.h"
#include "base/clock.h"
#include "io/pool.h"
#include "telemetry/event.h"

namespace aljibe::auth {

/// What Firebase's error is for our callers.   In: the body's error.message, which may have " : " and a text behind its word.
Error firebase_error(std::string_view message);

/// Signs people up and in at Firebase Authentication, in the name of its project; nothing of it stays here.   Threads: any.
///
/// A sign-out is the client's own: Firebase has nothing that a user could revoke with a token.
/// Source:  wire forms of accounts:… of identitytoolkit v1 and token of securetoken v1. Bodies are never logged.
class FirebaseRegistrar final : public Registrar {
 public:
  struct Settings {
    std::string api_key;
    std::string emulator;       // HOST:PORT; empty: Google
    std::string default_role;
    Turnstile::Bounds tries;
    std::chrono::milliseconds timeout{8'000};
  };

  /// `clock` outlives the object.
  FirebaseRegistrar(Settings settings, const Clock& clock, telemetry::Emit emit)
      : settings_(std::move(settings)), clock_(clock), emit_(std::move(emit)), turnstile_(settings_.tries, clock) {}

  io::Task<Result<Session>> sign_up(Sender sender, Credentials credentials) override;
  io::Task<Result<Session>> sign_in(Sender sender, Credentials credentials) override;
  io::Task<Result<Session>> refresh(Sender sender, std::string refresh_token) override;
  io::Task<Result<void>> sign_out(Sender sender, std::string access_token, SignOut which) override;
  io::Task<Result<Account>> account_of(std::string access_token) override;
  io::Task<Result<void>> send_reset(Sender sender, std::string email) override;
  io::Task<Result<Account>> reset(Sender sender, std::string code, std::string password) override;
  io::Task<Result<void>> send_verification(Sender sender, std::string access_token) override;
  io::Task<Result<Account>> verify(Sender sender, std::string code) override;
  [[nodiscard]] std::string role_of(const Account& account) const override { return account.role.empty() ? settings_.default_role : account.role; }

 private:
  using Members = std::vector<std::pair<std::string_view, std::string>>;
  enum class Service : std::uint8_t { accounts, tokens };

  io::Task<Result<Json>> ask(Service service, std::string deed, Members members);
  Result<Json> call(Service service, const std::string& deed, const Members& members);
  io::Task<Result<Session>> with_password(std::string deed, Sender sender, Credentials credentials);
  Result<Session> session_of(std::string_view id_token, std::string_view refresh_token, std::string_view expires_in, Account account) const;

  const Settings settings_;
  const Clock& clock_;
  const telemetry::Emit emit_;
  const Audit audit_{emit_, "firebase"};
  Turnstile turnstile_;
  io::Pool pool_{8, 128};
};

}  // namespace aljibe::auth
