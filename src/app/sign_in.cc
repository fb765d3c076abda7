#include "app/sign_in.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "telemetry/telemetry.h"

namespace aljibe::app {
namespace {

std::chrono::seconds seconds(std::chrono::milliseconds duration) { return std::chrono::ceil<std::chrono::seconds>(duration); }

auth::BuiltIn::Settings settings_of(const config::Settings& settings) {
  const auto& section = *settings.auth->built_in;
  return {.file = config::file_in(settings, section.file),
          .issuer = section.issuer,
          .audience = section.audience,
          .default_role = settings.auth->default_role,
          .access_life = seconds(section.access_token_life),
          .refresh_life = seconds(section.refresh_token_life),
          .code_life = seconds(section.code_life),
          .signing_key_life = seconds(section.signing_key_life),
          .password_bytes_min = section.password_length_min,
          .is_open = section.sign_up,
          .wants_verified = section.wants_verified,
          .site = section.site,
          .hashes = {.at_once = section.hashes_max, .waiting = section.hashes_queue_max},
          .tries = {.tries = section.tries.free, .wait_max = section.tries.wait_max, .names_max = section.tries.names_max},
          .mail = {.folder = config::file_in(settings, section.mail.spool), .url = section.mail.smtp, .from = section.mail.from,
                   .ca_file = section.mail.ca.empty() ? section.mail.ca : config::file_in(settings, section.mail.ca)}};
}

}  // namespace

Result<std::unique_ptr<auth::BuiltIn>> built_in_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit) {
  if (!settings.auth || !settings.auth->built_in) return std::unique_ptr<auth::BuiltIn>();
  return auth::BuiltIn::open(settings_of(settings), clock, std::move(emit));
}

std::unique_ptr<auth::FirebaseRegistrar> firebase_of(const config::Settings& settings, const Clock& clock, telemetry::Emit emit) {
  if (!settings.auth || !settings.auth->firebase) return nullptr;
  const auto& section = *settings.auth->firebase;
  if (section.api_key.empty() && section.emulator.empty()) return nullptr;
  // The emulator wants a key, and takes any.
  return std::make_unique<auth::FirebaseRegistrar>(
      auth::FirebaseRegistrar::Settings{.api_key = section.api_key.empty() ? "emulator" : section.api_key, .emulator = section.emulator, .default_role = settings.auth->default_role, .tries = {}},
      clock, std::move(emit));
}

Result<std::unique_ptr<auth::AccountFile>> open_accounts(const config::Settings& settings, const Clock& clock) {
  if (!settings.auth || !settings.auth->built_in) {
    return fail(Code::usage_invalid, settings.file + ": there are no accounts of aljibe's own.", {}, "Add auth: {built_in: auth.db}.");
  }
  return auth::AccountFile::open(config::file_in(settings, settings.auth->built_in->file), clock);
}

void audit_operator(const Clock& clock, std::string_view deed, std::string_view which) {
  const auto who = fmt::format("uid {}", ::getuid());
  telemetry::Telemetry(clock).hear({.what = telemetry::Event::What::audited, .detail = which, .audit = deed, .who = who});
}

}  // namespace aljibe::app
