#include "telemetry/hidden.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/percent.h"
#include "base/text.h"

namespace aljibe::telemetry {
namespace {

constexpr std::string_view hidden = "***";

/// Parts of names, in lower case: of what clients put into a URL by mistake, and of what mails must put there.
constexpr auto secret_words = std::to_array<std::string_view>({"token", "apikey", "api_key", "api-key", "passw", "secret", "jwt", "authorization", "oobcode", "signature", "credential"});
constexpr auto secret_names = std::to_array<std::string_view>({"key", "code", "sig", "auth", "pwd", "otp"});

bool is_secret(std::string_view name) {
  const auto decoded = to_lower(percent_decode(name).value_or(std::string(name)));
  return std::ranges::find(secret_names, decoded) != secret_names.end() ||
         std::ranges::any_of(secret_words, [&](std::string_view word) { return decoded.find(word) != std::string::npos; });
}

/// How tokens begin: those in compact form (RFC 7515 §3.1) with '{"' in base64url, keys of aljibe with their own word.
constexpr auto token_beginnings = std::to_array<std::string_view>({"eyJ", "alj_"});

/// Size of the token at the start; 0 when it is none.
std::size_t token_bytes(std::string_view text) {
  constexpr std::size_t token_bytes_min = 20;
  if (std::ranges::none_of(token_beginnings, [text](std::string_view beginning) { return text.starts_with(beginning); })) return 0;
  const auto is_part = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' || letter == '%';
  };
  const auto size = static_cast<std::size_t>(std::ranges::find_if_not(text, is_part) - text.begin());
  return size >= token_bytes_min ? size : 0;
}

void append_without_tokens(std::string& out, std::string_view text) {
  while (!text.empty()) {
    auto at = text.size();
    for (const auto beginning : token_beginnings) at = std::min(at, text.find(beginning));
    out += text.substr(0, at);
    text.remove_prefix(at);
    if (text.empty()) return;
    const auto size = token_bytes(text);
    out += size > 0 ? hidden : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

}  // namespace

std::string without_secrets(std::string_view target) {
  std::string out;
  out.reserve(target.size());
  const auto mark = std::min(target.find('?'), target.size());
  append_without_tokens(out, target.substr(0, mark));
  auto rest = target.substr(mark);
  while (!rest.empty()) {
    out += rest[0];
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(part.size());
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && is_secret(part.substr(0, equals))) out.append(part.substr(0, equals + 1)).append(hidden);
    else append_without_tokens(out, part);
  }
  return out;
}

}  // namespace aljibe::telemetry
