#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace aljibe::http {

enum class Method : std::uint8_t { get, head, options, post, put, patch, del, other };

struct Field {
  std::string_view name;
  std::string_view value;
};

/// A request as it stands in the connection's buffer: every view points there and lives until the request is answered.
struct Request {
  Method method = Method::other;
  std::string_view method_text;
  std::string_view target;  // as sent: path?query, not decoded; without scheme and authority when it was absolute
  std::string_view path;    // "*" for OPTIONS *
  std::string_view query;   // after the first '?', without it
  std::string_view host;    // of an absolute target, else the Host field
  int minor_version = 1;    // HTTP/1.x
  std::vector<Field> fields;
  std::string_view body;
  bool keep_alive = true;
  // Who asks: what the connection says, or what a trusted proxy says of it. The parser leaves them alone.
  std::string_view peer = "";  // "192.0.2.7", "2001:db8::1"
  Address address;             // the same
  bool is_https = false;

  /// First value of a field, name compared without case; nothing when it is absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// All values of a list field in order, joined with ", "; nothing when it is absent (RFC 9110 §5.3).
  [[nodiscard]] std::optional<std::string> find_all(std::string_view name) const;
};

/// A response whose bytes are ready to be sent again and again. Immutable once shared.
///
/// `fields` lacks those that change from one answer to the next (Date, Cache-Status, Server-Timing, X-Request-Id,
/// Connection): the connection writes Date and Connection, `Response::own_fields` holds the others.
struct Prepared {
  int status = 200;
  std::string fields;  // "Content-Type: …\r\nContent-Length: …\r\nETag: …\r\n", without the blank line
  std::string body;    // empty for HEAD, 204 and 304; `fields` still says the length for HEAD
};

/// What a handler returns: shared bytes and the few fields that belong to this answer alone.
struct Response {
  std::shared_ptr<const Prepared> prepared;
  std::string own_fields;   // "Cache-Status: aljibe; hit\r\n…"
  bool close = false;       // after this answer
  bool omit_body = false;   // HEAD: the fields stand, the body stays
  bool is_page = false;     // for people: `prepared` has a Content-Security-Policy of its own
};

Method method_of(std::string_view text);
/// "OK", "Not Found" …; "Unknown" for a status that has no phrase here.
std::string_view reason(int status);

/// "HTTP/1.1 200 OK\r\n".
std::string_view status_line(int status);

/// Adds the line "name: value" to the fields of a response.
void append_field(std::string& fields, std::string_view name, std::string_view value);

/// Makes a response ready: `fields` (whole lines, each with CRLF), Content-Length where the status allows one.
Prepared prepared(int status, std::string fields, std::string body);
std::shared_ptr<const Prepared> prepare(int status, std::string fields, std::string body);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
std::string date_text(std::chrono::system_clock::time_point time);

}  // namespace aljibe::http
