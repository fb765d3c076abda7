#include <algorithm>

#include "config/auth_keys.h"
#include "config/settings.h"

namespace aljibe::config {
namespace {

std::unexpected<Error> expected(std::string what, std::string hint = {}) { return fail(Code::config_value_invalid, std::move(what), {}, std::move(hint)); }

bool is_one_line(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return static_cast<unsigned char>(letter) >= ' ' && letter != '\x7f'; });
}

template <auto field>
Result<void> set_name(BuiltInAuth& auth, std::string text) {
  constexpr std::size_t bytes_max = 256;
  if (text.empty() || text.size() > bytes_max || !is_one_line(text)) return expected("1 to 256 characters on one line");
  auth.*field = std::move(text);
  return {};
}

Result<void> set_site(BuiltInAuth& auth, std::string text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return expected("an address that begins with https:// or http://");
  if (!is_one_line(text) || text.contains(' ')) return expected("an address without blanks");
  auth.site = std::move(text);
  return {};
}

Result<void> set_smtp(BuiltInMail& mail, std::string text) {
  if (!text.starts_with("smtps://") && !text.starts_with("smtp://")) return expected("smtps://USER:PASSWORD@HOST:465, or smtp:// with STARTTLS");
  mail.smtp = std::move(text);
  return {};
}

Result<void> set_from(BuiltInMail& mail, std::string text) {
  if (!text.contains('@') || !is_one_line(text)) return expected("an e-mail address");
  mail.from = std::move(text);
  return {};
}

const Section& mail_keys() {
  static const Section section =
      SectionOf<BuiltInMail>{}
          .text("spool", &BuiltInMail::spool, "mail", "A folder, seen from that of aljibe.yaml: each message becomes a file NAME.eml there, which only the owner may read.")
          .meaning("smtp", set_smtp, "", "The server that takes the messages, instead of the folder: smtps://USER:PASSWORD@HOST:465, or smtp://HOST:587, which must offer STARTTLS.")
          .secret()
          .meaning("from", set_from, "aljibe@localhost", "Whom the messages are from.")
          .text("ca", &BuiltInMail::ca, "", "A PEM file with the authorities of that server, when they are not the system's.");
  return section;
}

const Section& tries_keys() {
  static const Section section =
      SectionOf<BuiltInTries>{}
          .whole("free", &BuiltInTries::free, {1, 100'000}, "5", "Wrong passwords of one client at one account before it waits: 1 s, then twice as long each time. Six times as many of one client at all accounts, four times as many of all clients at one account.")
          .duration("wait_max", &BuiltInTries::wait_max, {1'000, 86'400'000}, "15 min", "The longest wait; at most a minute where all clients of an account wait, so that nobody can lock out another.")
          .whole("names_max", &BuiltInTries::names_max, {8, 100'000'000}, "65536", "Accounts and clients that are counted, 32 bytes each; past that, those are forgotten that have the least left to wait.");
  return section;
}

}  // namespace

const Section& built_in_keys() {
  constexpr std::uint64_t day = 86'400'000;
  static const Section section =
      SectionOf<BuiltInAuth>{}
          .text("file", &BuiltInAuth::file, "auth.db", "The SQLite file of accounts and keys, seen from the folder of aljibe.yaml: never the database that is served. Only its owner may read it.")
          .meaning("issuer", set_name<&BuiltInAuth::issuer>, "aljibe", "What access tokens have as iss.")
          .meaning("audience", set_name<&BuiltInAuth::audience>, "aljibe", "What access tokens have as aud.")
          .duration("access_token_life", &BuiltInAuth::access_token_life, {1'000, day}, "15 min", "Of an access token. What is revoked is refused at once, however long its tokens live.")
          .duration("refresh_token_life", &BuiltInAuth::refresh_token_life, {60'000, 3'650 * day}, "30 d", "Of a refresh token, which is good for one refresh: so long may a session be without one.")
          .duration("code_life", &BuiltInAuth::code_life, {60'000, 30 * day}, "1 h", "Of a code in a message.")
          .duration("signing_key_life", &BuiltInAuth::signing_key_life, {60'000, 3'650 * day}, "90 d", "After so long another key signs; the old one is believed until its last token has expired.")
          .whole("password_length_min", &BuiltInAuth::password_length_min, {6, 1'024}, "8", "Bytes of a password; 1024 at most.")
          .boolean("sign_up", &BuiltInAuth::sign_up, "true", "Whether people may sign up by themselves.")
          .word("verify_email", {"optional", "required"}, [](BuiltInAuth& auth, const std::string& word) { auth.wants_verified = word == "required"; }, "optional",
                "Whether a code from a message to the address is needed before the first sign-in. Only with required does a sign-up not tell that an address has an account.")
          .meaning("site", set_site, "", "The page that links in messages lead to, with ?type=reset or verify and &code=. Without it messages have the code alone.")
          .whole("hashes_max", &BuiltInAuth::hashes_max, {1, 1'000}, "4", "Passwords that are hashed at once; each takes 19 MiB.")
          .whole("hashes_queue_max", &BuiltInAuth::hashes_queue_max, {1, 100'000}, "128", "Sign-ins that wait for that; more get 429.")
          .inner("tries", Shape::section, tries_keys(), [](BuiltInAuth& auth, const std::string&, model::Place) { return &auth.tries; }, "How whoever guesses is slowed down.")
          .inner("mail", Shape::section, mail_keys(), [](BuiltInAuth& auth, const std::string&, model::Place) { return &auth.mail; }, "How messages leave: codes for new passwords and for addresses.")
          .shorthand("file");
  return section;
}

}  // namespace aljibe::config
