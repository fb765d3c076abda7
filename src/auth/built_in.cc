// A sign-in: turnstile → account by its address → one argon2id, against the account's hash or nobody's → session → tokens.
//
// An access token is good when its signature, times and audience are, when its session has not ended, and when its account is there,
// enabled and of the same revision. The verdict is kept by the cache of tokens for as long as AccountFile::mark() stays.
#include "auth/built_in.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/access_token.h"
#include "auth/email.h"
#include "auth/refusal.h"
#include "auth/secret.h"
#include "base/text.h"

namespace aljibe::auth {
namespace {

constexpr std::int64_t recent_seconds = 300;  // Firebase has the same for what it calls a recent login

/// Whatever the file's trouble is, it is nobody's business but the operator's.
Error told(const Error& error) {
  constexpr auto own = std::to_array({Code::account_exists, Code::account_unknown, Code::email_invalid, Code::token_invalid, Code::token_expired, Code::refresh_refused,
                                      Code::one_time_code_wrong, Code::overloaded});
  return std::ranges::find(own, error.code()) != own.end() ? error : Error(Code::auth_unavailable);
}

std::string path_in_message(std::string_view site, std::string_view kind, std::string_view code) {
  if (site.empty()) return {};
  return "\n" + std::string(site) + (site.contains('?') ? "&" : "?") + "type=" + std::string(kind) + "&code=" + std::string(code) + "\n";
}

Message message_of(const Account& account, Purpose purpose, std::string_view code, const BuiltIn::Settings& settings) {
  const auto hours = std::to_string(std::chrono::ceil<std::chrono::hours>(settings.code_life).count());
  const bool is_reset = purpose == Purpose::reset;
  const auto link = path_in_message(settings.site, is_reset ? "reset" : "verify", code);
  return {.to = account.email,
          .subject = is_reset ? "A new password" : "Is this your address?",
          .text = std::string(is_reset ? "Somebody asked for a new password for the account with this address. With this code it can be set:\n\n"
                                       : "Somebody signed up with this address. This code says that you read its messages:\n\n") +
                  std::string(code) + "\n" + link + "\nThe code is good once, within " + hours + (hours == "1" ? " hour" : " hours") +
                  ". If it was not you, do nothing.\n"};
}

Message message_of_repeat(const std::string& email) {
  return {.to = email, .subject = "You have an account",
          .text = "Somebody signed up with this address, which has an account already. Nothing was changed. If it was you, sign in, or ask for a new password.\n"};
}

}  // namespace

Result<std::unique_ptr<BuiltIn>> BuiltIn::open(Settings settings, const Clock& clock, telemetry::Emit emit) {
  auto file = ALJ_TRY(AccountFile::open(settings.file, clock));
  auto built_in = std::unique_ptr<BuiltIn>(new BuiltIn(std::move(settings), std::move(file), clock, std::move(emit)));
  ALJ_TRY(built_in->signing_keys_.load());
  return built_in;
}

BuiltIn::BuiltIn(Settings settings, std::unique_ptr<AccountFile> file, const Clock& clock, telemetry::Emit emit)
    : settings_(std::move(settings)), emit_(std::move(emit)), file_(std::move(file)), accounts_(*file_), sessions_(*file_, settings_.refresh_life),
      codes_(*file_, settings_.code_life), keys_(*file_), signing_keys_(*file_, {.key = settings_.signing_key_life, .token = settings_.access_life}),
      turnstile_(settings_.tries, clock), hasher_(settings_.hashes),
      mailer_(settings_.mail, [this](const Error& error) { emit_({.what = telemetry::Event::What::incident, .detail = error.message()}); }) {}

template <class Job>
io::Task<std::invoke_result_t<Job&>> BuiltIn::in_file(Job job) {
  auto result = co_await pool_.run(job);
  if (!result) co_return std::unexpected(told(result.error()));
  co_return result;
}

/// On a pool thread.
Result<Session> BuiltIn::session_of(SignedIn begun) {
  const auto keys = signing_keys_.is_due() ? ALJ_TRY(signing_keys_.load()) : signing_keys_.present();
  Session session{.account = std::move(begun.account), .role = {}, .access_token = {}, .refresh_token = std::move(begun.refresh_token), .life = settings_.access_life};
  session.role = role_of(session.account);
  const auto now = file_->seconds();
  session.expires_at = now + settings_.access_life.count();
  session.access_token = keys->signing.sign(token_payload(session.account, {.issuer = settings_.issuer, .audience = settings_.audience, .role = session.role,
                                                                            .session = begun.session, .began_at = begun.began_at, .now = now, .life = settings_.access_life}),
                                            access_token_type);
  return session;
}

io::Task<Result<Session>> BuiltIn::begin(std::string account) {
  auto job = [&]() -> Result<Session> { return session_of(ALJ_TRY(sessions_.begin(account))); };
  auto session = co_await in_file(job);
  // It was removed or disabled while its password was being compared.
  if (!session && session.error().code() == Code::account_unknown) co_return fail(Code::credentials_wrong);
  co_return session;
}

Result<void> BuiltIn::check_password(const std::string& password) const {
  const auto least = std::to_string(settings_.password_bytes_min);
  if (password.size() < settings_.password_bytes_min) return fail(Code::password_unfit, "The password must have at least " + least + " characters");
  if (password.size() > password_bytes_max) return fail(Code::password_unfit, "The password must have at most " + std::to_string(password_bytes_max) + " bytes");
  return {};
}

io::Task<Result<Session>> BuiltIn::sign_up(Sender sender, Credentials credentials) {
  if (!settings_.is_open) co_return fail(Code::sign_up_closed);
  ALJ_CO_TRY(email_key(credentials.email));
  ALJ_CO_TRY(check_password(credentials.password));
  ALJ_CO_TRY(turnstile_.enter(Attempt::sign_up, {}, sender.address));
  const auto hash = ALJ_CO_TRY(co_await hasher_.hash(std::move(credentials.password)));
  auto job = [&] { return accounts_.add(credentials.email, hash); };
  auto account = co_await in_file(job);
  if (!account) {
    audit_("sign_up", name(account.error().code()), sender, {}, http_status(account.error().code()));
    if (account.error().code() == Code::account_exists && settings_.wants_verified) co_return co_await repeat_sign_up(std::move(credentials.email));
    co_return std::unexpected(std::move(account.error()));
  }
  audit_("sign_up", "done", sender, account->id);
  // The account is there, whether the message leaves or not.
  if (turnstile_.enter(Attempt::message, account->email, sender.address)) static_cast<void>(co_await send_code(*account, Purpose::verify));
  if (settings_.wants_verified) co_return Session{.account = std::move(*account), .role = settings_.default_role, .access_token = {}, .refresh_token = {}};
  co_return co_await begin(std::move(account->id));
}

/// The same answer as to somebody new; only who reads the address's messages hears that it has an account.
io::Task<Result<Session>> BuiltIn::repeat_sign_up(std::string email) {
  email = trim(email);
  static_cast<void>(mailer_.send(message_of_repeat(email)));
  const auto now = file_->milliseconds();
  co_return Session{.account = {.id = new_id(), .email = std::move(email), .revision = 1, .created_at = now, .password_at = now}, .role = settings_.default_role,
                    .access_token = {}, .refresh_token = {}};
}

io::Task<Result<Session>> BuiltIn::sign_in(Sender sender, Credentials credentials) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::sign_in, credentials.email, sender.address));
  auto job = [&] { return accounts_.find_by_email(credentials.email); };
  auto found = ALJ_CO_TRY(co_await in_file(job));
  const bool is_too_long = credentials.password.size() > password_bytes_max;
  const auto fits = co_await hasher_.fits(is_too_long ? std::string() : std::move(credentials.password), found && !is_too_long ? std::move(found->password) : std::string());
  if (!fits) {
    turnstile_.undo(Attempt::sign_in, credentials.email, sender.address);
    co_return std::unexpected(fits.error());
  }
  if (!*fits) {
    audit_("sign_in", "credentials_wrong", sender, found ? found->account.id : "", http_status(Code::credentials_wrong));
    co_return fail(Code::credentials_wrong);
  }
  turnstile_.forgive(Attempt::sign_in, credentials.email, sender.address);
  const auto& account = found->account;
  const auto refused = account.is_disabled ? std::optional(Code::account_disabled)
                       : settings_.wants_verified && !account.is_verified ? std::optional(Code::email_unverified) : std::nullopt;
  audit_("sign_in", refused ? name(*refused) : "done", sender, account.id, refused ? http_status(*refused) : 0);
  if (refused) co_return fail(*refused);
  co_return co_await begin(account.id);
}

io::Task<Result<Session>> BuiltIn::refresh(Sender sender, std::string refresh_token) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::refresh, {}, sender.address));
  auto fate = Sessions::Fate::unknown;
  std::string account;
  auto job = [&]() -> Result<Session> {
    auto refresh = ALJ_TRY(sessions_.refresh(refresh_token));
    fate = refresh.fate;
    account = refresh.next.account.id;
    if (fate != Sessions::Fate::refreshed) return fail(Code::refresh_refused);
    return session_of(std::move(refresh.next));
  };
  auto session = co_await in_file(job);
  if (session) turnstile_.forgive(Attempt::refresh, {}, sender.address);
  else audit_("refresh", fate == Sessions::Fate::reused ? "reused" : name(session.error().code()), sender, account, http_status(session.error().code()));
  co_return session;
}

/// On a pool thread.
Result<BuiltIn::Bearer> BuiltIn::look_up(const ParsedToken& token) {
  const auto keys = signing_keys_.is_due() ? ALJ_TRY(signing_keys_.load()) : signing_keys_.present();
  if (token.is_opaque() || token.type != access_token_type || token.issuer != settings_.issuer) return refuse("type", "The token is no access token of this server");
  ALJ_TRY(keys->all.verify(token));
  if (std::ranges::find(token.audiences, settings_.audience) == token.audiences.end()) return refuse("audience", "The token is for somebody else");
  if (token.expires.value_or(0) <= file_->seconds()) return refuse_for_time("expired", "The token has expired");
  const auto session = token.claims.find("session_id").value_or("");
  auto account = sessions_.account_of(session, token.subject.value_or(""));
  if (!account && account.error().code() != Code::account_unknown) return std::unexpected(std::move(account.error()));
  if (!account || token.claims.find("rev") != std::to_string(account->revision)) return refuse_for_time("revoked", "The token was revoked");
  return Bearer{.account = std::move(*account), .session = std::string(session), .began_at = token.authenticated.value_or(0), .claims = token.claims, .expires = *token.expires};
}

io::Task<Result<BuiltIn::Bearer>> BuiltIn::bearer(std::string access_token) {
  const auto token = ALJ_CO_TRY(parse_token(std::move(access_token)));
  auto job = [&] { return look_up(token); };
  co_return co_await in_file(job);
}

io::Task<Result<BuiltIn::Bearer>> BuiltIn::recent_bearer(std::string access_token) {
  auto who = ALJ_CO_TRY(co_await bearer(std::move(access_token)));
  if (who.began_at + recent_seconds < file_->seconds()) co_return fail(Code::sign_in_too_old);
  co_return who;
}

io::Task<Result<void>> BuiltIn::sign_out(Sender sender, std::string access_token, SignOut which) {
  const auto who = ALJ_CO_TRY(co_await bearer(std::move(access_token)));
  auto job = [&] { return which == SignOut::this_session ? sessions_.end(who.session) : accounts_.revoke(who.account.id); };
  ALJ_CO_TRY(co_await in_file(job));
  audit_("sign_out", which == SignOut::this_session ? "done" : "everywhere", sender, who.account.id);
  co_return Result<void>();
}

io::Task<Result<Account>> BuiltIn::account_of(std::string access_token) {
  co_return (ALJ_CO_TRY(co_await bearer(std::move(access_token)))).account;
}

// Nobody waits for what is done for a known address, so that the answer to it takes as long as the answer to another one.
io::Task<Result<void>> BuiltIn::send_reset(Sender sender, std::string email) {
  ALJ_CO_TRY(email_key(email));
  ALJ_CO_TRY(turnstile_.enter(Attempt::message, email, sender.address));
  auto job = [this, sender, email = std::move(email)] {
    const auto found = accounts_.find_by_email(email);
    if (!found || !*found || (*found)->account.is_disabled) return audit_("reset_asked", "unknown", sender, {});
    const auto& account = (*found)->account;
    const auto code = codes_.make(account, Purpose::reset);
    const bool is_sent = code && mailer_.send(message_of(account, Purpose::reset, *code, settings_));
    audit_("reset_asked", is_sent ? "sent" : "failed", sender, account.id);
  };
  co_return pool_.start(std::move(job));
}

io::Task<Result<void>> BuiltIn::send_code(Account account, Purpose purpose) {
  auto job = [&] { return codes_.make(account, purpose); };
  const auto code = ALJ_CO_TRY(co_await in_file(job));
  co_return mailer_.send(message_of(account, purpose, code, settings_));
}

io::Task<Result<void>> BuiltIn::send_verification(Sender sender, std::string access_token) {
  auto who = ALJ_CO_TRY(co_await bearer(std::move(access_token)));
  ALJ_CO_TRY(turnstile_.enter(Attempt::message, who.account.email, sender.address));
  co_return co_await send_code(std::move(who.account), Purpose::verify);
}

io::Task<Result<Account>> BuiltIn::look_at_reset(Sender sender, std::string code) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::code, {}, sender.address));
  auto job = [&] { return codes_.look(code, Purpose::reset); };
  auto account = ALJ_CO_TRY(co_await in_file(job));
  if (!account) co_return fail(Code::one_time_code_wrong);
  turnstile_.forgive(Attempt::code, {}, sender.address);
  co_return std::move(*account);
}

io::Task<Result<Account>> BuiltIn::reset(Sender sender, std::string code, std::string password) {
  ALJ_CO_TRY(check_password(password));
  auto account = ALJ_CO_TRY(co_await look_at_reset(sender, code));
  const auto hash = ALJ_CO_TRY(co_await hasher_.hash(std::move(password)));
  auto job = [&]() -> Result<void> {
    if (!ALJ_TRY(codes_.use(code, Purpose::reset))) return fail(Code::one_time_code_wrong);
    ALJ_TRY(accounts_.set_password(account.id, hash));
    return accounts_.set_verified(account.id);  // the code came by a message to its address
  };
  ALJ_CO_TRY(co_await in_file(job));
  audit_("password_changed", "by code", sender, account.id);
  co_return account;
}

io::Task<Result<Account>> BuiltIn::verify(Sender sender, std::string code) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::code, {}, sender.address));
  auto job = [&]() -> Result<Account> {
    auto account = ALJ_TRY(codes_.use(code, Purpose::verify));
    if (!account) return fail(Code::one_time_code_wrong);
    ALJ_TRY(accounts_.set_verified(account->id));
    account->is_verified = true;
    return std::move(*account);
  };
  auto account = ALJ_CO_TRY(co_await in_file(job));
  turnstile_.forgive(Attempt::code, {}, sender.address);
  audit_("email_verified", "done", sender, account.id);
  co_return account;
}

io::Task<Result<Session>> BuiltIn::sign_in_by_code(Sender sender, std::string code, Purpose purpose) {
  ALJ_CO_TRY(turnstile_.enter(Attempt::code, {}, sender.address));
  auto job = [&]() -> Result<Session> {
    const auto account = ALJ_TRY(codes_.use(code, purpose));
    if (!account) return fail(Code::one_time_code_wrong);
    ALJ_TRY(accounts_.set_verified(account->id));
    return session_of(ALJ_TRY(sessions_.begin(account->id)));
  };
  auto session = ALJ_CO_TRY(co_await in_file(job));
  turnstile_.forgive(Attempt::code, {}, sender.address);
  audit_("sign_in", "by code", sender, session.account.id);
  co_return session;
}

io::Task<Result<Session>> BuiltIn::change(Sender sender, std::string access_token, Change change) {
  const bool is_grave = change.email || change.password;
  const bool is_kept = change.then == Change::Then::same_session;
  auto who = ALJ_CO_TRY(is_grave ? co_await recent_bearer(std::move(access_token)) : co_await bearer(std::move(access_token)));
  const auto& id = who.account.id;
  std::string hash;
  if (change.password) {
    ALJ_CO_TRY(check_password(*change.password));
    hash = ALJ_CO_TRY(co_await hasher_.hash(std::move(*change.password)));
  }
  auto job = [&]() -> Result<Session> {
    if (change.email) ALJ_TRY(accounts_.set_email(id, *change.email));
    if (change.password) ALJ_TRY(accounts_.set_password(id, hash, is_kept ? who.session : ""));
    ALJ_TRY(accounts_.set_profile(id, change.profile));
    if (is_grave && !is_kept) {
      ALJ_TRY(sessions_.end(who.session));
      return session_of(ALJ_TRY(sessions_.begin(id)));
    }
    auto now = ALJ_TRY(accounts_.find(id));
    if (!now) return fail(Code::account_unknown);
    auto role = role_of(now->account);
    return Session{.account = std::move(now->account), .role = std::move(role), .access_token = {}, .refresh_token = {}};
  };
  auto session = ALJ_CO_TRY(co_await in_file(job));
  if (change.password) audit_("password_changed", "done", sender, id);
  if (change.email) {
    audit_("email_changed", "done", sender, id);
    if (turnstile_.enter(Attempt::message, session.account.email, sender.address)) static_cast<void>(co_await send_code(session.account, Purpose::verify));
  }
  co_return session;
}

io::Task<Result<void>> BuiltIn::remove(Sender sender, std::string access_token) {
  const auto who = ALJ_CO_TRY(co_await recent_bearer(std::move(access_token)));
  auto job = [&] { return accounts_.remove(who.account.id); };
  ALJ_CO_TRY(co_await in_file(job));
  audit_("account_removed", "done", sender, who.account.id);
  co_return Result<void>();
}

std::string BuiltIn::jwks() const { return signing_keys_.present()->jwks; }

// Read at each request: while nobody committed it costs nanoseconds. After a commit, by whom ever, one job reads the epoch again.
std::uint64_t BuiltIn::epoch() {
  if (!file_->epoch_now() && !reads_epoch_.exchange(true)) {
    auto job = [this] {
      reads_epoch_ = false;
      file_->read_epoch();
    };
    if (!pool_.start(std::move(job))) reads_epoch_ = false;
  }
  return file_->mark();
}

class BuiltIn::TokenProvider final : public Provider {
 public:
  explicit TokenProvider(BuiltIn& built_in) : built_in_(built_in) {}

  [[nodiscard]] std::string_view name() const override { return "built-in"; }
  [[nodiscard]] bool speaks_for(const ParsedToken& token) const override { return !token.is_opaque() && token.issuer == built_in_.settings_.issuer; }
  [[nodiscard]] std::uint64_t epoch() const override { return built_in_.epoch(); }

  io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken token) override {
    auto job = [&] { return built_in_.look_up(token); };
    auto bearer = ALJ_CO_TRY(co_await built_in_.in_file(job));
    co_return std::make_shared<const Identity>(Identity{.role = built_in_.role_of(bearer.account), .issuer = "built-in", .subject = bearer.account.id,
                                                        .claims = std::move(bearer.claims), .expires = std::chrono::system_clock::time_point(std::chrono::seconds(bearer.expires))});
  }

 private:
  BuiltIn& built_in_;
};

class BuiltIn::KeyProvider final : public Provider {
 public:
  explicit KeyProvider(BuiltIn& built_in) : built_in_(built_in) {}

  [[nodiscard]] std::string_view name() const override { return "key"; }
  [[nodiscard]] bool speaks_for(const ParsedToken& token) const override { return token.is_opaque() && token.text.starts_with(api_key_prefix); }
  [[nodiscard]] std::uint64_t epoch() const override { return built_in_.epoch(); }

  io::Task<Result<std::shared_ptr<const Identity>>> identify(ParsedToken token) override {
    auto job = [&] { return built_in_.keys_.find(token.text); };
    const auto key = ALJ_CO_TRY(co_await built_in_.in_file(job));
    if (!key) co_return refuse("key", "The key is unknown, expired or revoked");
    Identity identity{.role = key->role, .issuer = "key", .subject = key->id, .claims = {}};
    if (key->expires_at) identity.expires = std::chrono::system_clock::time_point(std::chrono::seconds(*key->expires_at));
    co_return std::make_shared<const Identity>(std::move(identity));
  }

 private:
  BuiltIn& built_in_;
};

std::unique_ptr<Provider> BuiltIn::token_provider() { return std::make_unique<TokenProvider>(*this); }
std::unique_ptr<Provider> BuiltIn::key_provider() { return std::make_unique<KeyProvider>(*this); }

}  // namespace aljibe::auth
