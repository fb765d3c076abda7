#include "redis/url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/percent.h"

namespace aljibe::redis {
namespace {

/// `why` must not quote what could be a part of the password: a URL that is broken may have it anywhere.
std::unexpected<Error> invalid(std::string why) {
  return fail(Code::config_value_invalid, "The URL of Redis cannot be used: " + std::move(why), {},
              "It looks like redis://user:password@host:6379, or rediss://… for TLS; '%', '@', ':' and '/' in a password are percent-encoded.");
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 0x7F; });
}

Result<std::string> decoded(std::string_view part, std::string_view what) {
  auto text = percent_decode(part);
  if (!text) return invalid("the " + std::string(what) + " has a '%' that two hexadecimal digits do not follow.");
  return *std::move(text);
}

Result<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || at != end || port == 0) return invalid("the port is not a number from 1 to 65535.");
  return port;
}

/// "host", "host:port", "[v6]" or "[v6]:port".
Result<void> read_server(std::string_view text, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return invalid("an IPv6 address is not closed by ']'.");
    url.host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return invalid("something stands between the host and the port.");
    port = has_port ? rest.substr(1) : rest;
  } else {
    const auto colon = text.find(':');
    has_port = colon != std::string_view::npos;
    url.host = ALJ_TRY(decoded(text.substr(0, colon), "host"));
    port = has_port ? text.substr(colon + 1) : std::string_view();
  }
  if (url.host.empty()) return invalid("it names no host.");
  if (has_control(url.host) || url.host.find_first_of(" /@?#") != std::string::npos) return invalid("the host is none.");
  if (has_port) url.port = ALJ_TRY(port_of(port));
  return {};
}

Result<void> read_credentials(std::string_view text, Url& url) {
  const auto colon = text.find(':');
  url.user = ALJ_TRY(decoded(text.substr(0, colon), "user"));
  if (colon != std::string_view::npos) url.password = ALJ_TRY(decoded(text.substr(colon + 1), "password"));
  if (!url.user.empty() && url.password.empty()) return invalid("it has a user and no password.");
  return {};
}

Result<void> check_path(std::string_view path) {
  if (path.empty() || path == "/" || path == "/0") return {};
  return invalid("it asks for a database other than 0, which clusters do not have, or has something else behind the port.");
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  if (text.starts_with("rediss://")) url.is_tls = true;
  else if (!text.starts_with("redis://")) return invalid("it begins with neither redis:// nor rediss://.");
  auto rest = text.substr(text.find("//") + 2);
  const auto end = rest.find_first_of("/?#");
  const auto path = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  rest = rest.substr(0, end);
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos && path.find('@') != std::string_view::npos) return invalid("the password has a '/', '?' or '#' that is not percent-encoded.");
  ALJ_TRY(check_path(path));
  if (at != std::string_view::npos) ALJ_TRY(read_credentials(rest.substr(0, at), url));
  ALJ_TRY(read_server(at == std::string_view::npos ? rest : rest.substr(at + 1), url));
  return url;
}

}  // namespace aljibe::redis
