#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/limits.h"
#include "http/message.h"

namespace aljibe::http {

/// Parses one HTTP/1.x request after another from the bytes that a connection has received.
///
/// In:      what has arrived since the end of the last request. Each call gets the same bytes again, from the same
///          start, with more at the end; they may have moved. A chunked body is decoded in place.
/// Out:     done: `request` views the bytes, `consumed()` of them belong to it; call `next()` before the request after it.
///          need_more: nothing in `request` may be used yet.
/// Errors:  http_malformed, http_uri_too_long, http_headers_too_large, http_body_too_large, http_not_supported,
///          http_version_unsupported, http_expectation. The connection cannot go on after one: where the next request begins is not known.
/// Source:  RFC 9112, read strictly wherever leniency has let a request hide inside another: lines end with CRLF, no
///          folded lines, no space before a colon, one Content-Length, never beside Transfer-Encoding.
class Parser {
 public:
  enum class Outcome : std::uint8_t { need_more, done, error };

  /// `limits` outlives the parser.
  explicit Parser(const Limits& limits) : limits_(&limits) {}

  Outcome parse(std::span<char> bytes, Request& request);
  void next();

  [[nodiscard]] std::size_t consumed() const { return consumed_; }
  [[nodiscard]] Code error() const { return error_; }
  /// The head is whole, the body is not: its time is measured with another clock.
  [[nodiscard]] bool is_in_body() const { return stage_ != Stage::head; }
  /// The client waits for "100 Continue" before it sends the body. True until `continued()`.
  [[nodiscard]] bool waits_for_continue() const { return waits_for_continue_; }
  void continued() { waits_for_continue_ = false; }

 private:
  enum class Stage : std::uint8_t { head, sized_body, chunk_line, chunk_data, chunk_end, trailers };

  Outcome parse_head(std::span<char> bytes, Request& request);
  Outcome end_head(Request& request);
  Outcome parse_chunks(std::span<char> bytes);
  Outcome parse_chunk_line(std::span<char> bytes);
  Outcome parse_trailers(std::span<char> bytes);
  Outcome fail(Code code);

  const Limits* limits_;
  Stage stage_ = Stage::head;
  Code error_{};
  bool waits_for_continue_ = false;
  std::size_t consumed_ = 0;
  std::size_t scanned_ = 0;      // of the head, in the last call
  std::size_t head_bytes_ = 0;   // with the blank line
  std::size_t body_bytes_ = 0;   // announced, or decoded so far
  std::size_t chunk_at_ = 0;     // next byte of the chunked body that is not decoded yet
  std::size_t chunk_left_ = 0;   // of the current chunk
  const char* head_data_ = nullptr;
};

}  // namespace aljibe::http
