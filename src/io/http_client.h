#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aljibe::io {

/// A request to another server. Certificates are always verified; redirects are never followed.
struct HttpCall {
  enum class Method : std::uint8_t { get, post };
  Method method = Method::get;
  enum class Plain : std::uint8_t { to_this_machine, to_any };
  std::string url;                          // https, or plain http as far as `plain` allows
  Plain plain = Plain::to_this_machine;     // to_any: where nothing is asked or told that somebody on the way may not know
  std::string body;                         // of post
  std::string content_type;                 // of post
  std::vector<std::string> headers;         // "Name: value", nothing secret in them is ever shown
  std::chrono::milliseconds timeout{5'000}; // for all of it
  std::size_t body_bytes_max = 64 * 1024;   // of the reply
  std::string ca_file;                      // PEM; empty: the system's authorities
};

struct HttpReply {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// Cache-Control's max-age, in seconds, when there is one.
  [[nodiscard]] std::optional<std::chrono::seconds> max_age() const;
};

/// Blocks until the reply is whole: for a thread of one's own, or a Pool.   Threads: any.
/// Errors: server_unreachable, also for a reply that is too large or too slow; config_value_invalid for a URL that is not allowed.
///         Messages name the host, never the rest of the URL nor what was sent.
Result<HttpReply> http_call(const HttpCall& call);

/// Whether the URL is https, or http to this machine itself.
bool is_safe_url(std::string_view url);

/// "a=b&c=d", encoded for application/x-www-form-urlencoded.
std::string form_body(const std::vector<std::pair<std::string, std::string>>& fields);

/// A letter, handed to an SMTP server.
struct Mail {
  std::string url;                          // smtps://HOST:PORT, or smtp://HOST:PORT, which must then offer STARTTLS unless it is this machine
  std::string user, password;               // empty: without signing in
  std::string from, to;                     // addresses alone: no names, no line breaks
  std::string text;                         // headers, an empty line and the body; lines end in \n or \r\n
  std::chrono::milliseconds timeout{10'000};
  std::string ca_file;
};

/// Blocks. Errors: server_unreachable, with the server's code and without its words.
Result<void> send_mail(const Mail& mail);

}  // namespace aljibe::io
