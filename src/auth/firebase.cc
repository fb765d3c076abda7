#include "auth/firebase.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "auth/json.h"
#include "auth/refusal.h"
#include "base/percent.h"
#include "io/http_client.h"

namespace aljibe::auth {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr int ok = 200, bad_request = 400;

std::unexpected<Error> unavailable() { return fail(Code::auth_unavailable, "Firebase cannot be asked about the token now."); }
std::unexpected<Error> revoked() { return refuse_for_time("revoked", "The token was revoked."); }

/// Firebase writes the seconds as a text.
std::optional<std::int64_t> valid_since(const Json& user) {
  const auto text = user.text_of("validSince");
  std::int64_t seconds = 0;
  if (!text) return 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  return fault == std::errc() && end == text->data() + text->size() ? std::optional(seconds) : std::nullopt;
}

Result<void> judge_user(const Json& user, const ParsedToken& token) {
  if (user.text_of("localId") != token.subject) return unavailable();
  const auto* const disabled = user.find("disabled");
  if (disabled != nullptr && disabled->is_true()) return refuse("disabled", "The account is disabled.");
  const auto since = valid_since(user);
  if (!since) return unavailable();
  if (!token.authenticated || *token.authenticated < *since) return revoked();
  return {};
}

/// The word before " : " in {"error":{"message":"USER_NOT_FOUND"}}.
std::string_view error_word(const Json& answer) {
  const auto* const error = answer.find("error");
  const auto message = error == nullptr ? std::nullopt : error->text_of("message");
  return message ? message->substr(0, message->find(' ')) : std::string_view();
}

}  // namespace

Result<void> judge_lookup(int status, std::string_view body, const ParsedToken& token) {
  const auto answer = Json::parse_object(body, answer_bytes_max);
  if (!answer) return unavailable();
  if (status == bad_request) {
    constexpr auto gone = std::to_array<std::string_view>({"USER_NOT_FOUND", "INVALID_ID_TOKEN", "TOKEN_EXPIRED", "CREDENTIAL_TOO_OLD_LOGIN_AGAIN"});
    const auto word = error_word(*answer);
    if (word == "USER_DISABLED") return refuse("disabled", "The account is disabled.");
    return std::ranges::find(gone, word) != gone.end() ? revoked() : unavailable();
  }
  const auto* const users = answer->find("users");
  if (status != ok || users == nullptr || users->items().size() != 1) return unavailable();
  return judge_user(users->items().front(), token);
}

std::string firebase_base(std::string_view service, std::string_view emulator) {
  return emulator.empty() ? "https://" + std::string(service) + ".googleapis.com" : "http://" + std::string(emulator) + "/" + std::string(service) + ".googleapis.com";
}

StillHolds firebase_lookup(std::string api_key, const std::string& emulator) {
  const auto url = firebase_base("identitytoolkit", emulator) + "/v1/accounts:lookup?key=" + percent_encode(api_key);
  return [url](const ParsedToken& token) -> Result<void> {
    const auto reply = io::http_call({.method = io::HttpCall::Method::post, .url = url, .body = R"({"idToken":")" + token.text + "\"}", .content_type = "application/json", .body_bytes_max = answer_bytes_max});
    return reply ? judge_lookup(reply->status, reply->body, token) : Result<void>(unavailable());
  };
}

}  // namespace aljibe::auth
