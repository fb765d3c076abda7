// The head is parsed line by line in one pass. When it is not whole yet, the pass starts over as soon as another line
// has ended, so that no state points into bytes that may move; the number of lines is bounded, so is the work.
//
// A chunked body is decoded in place, behind the head:
//
//   head | decoded so far | gap | chunk line CRLF data CRLF chunk line …
//                         ^ head + body_bytes_            ^ chunk_at_
#include "http/parse.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "http/detail/head.h"

namespace aljibe::http {
namespace {

// RFC 9112 §7.1: sixteen digits would overflow nothing, and nobody sends more than eight; the rest is for extensions.
constexpr std::size_t chunk_line_bytes_max = 256;
constexpr std::size_t chunk_digits_max = 15;
constexpr std::size_t trailer_bytes_max = 8 * 1024;

/// Whether a pass over all of `bytes` could tell more than one over the first `seen` did: a line ended, or went wrong.
bool has_news(std::span<const char> bytes, std::size_t seen) {
  if (seen == 0 || bytes[seen - 1] == '\r') return true;
  const auto fresh = bytes.subspan(seen);
  const auto line = detail::find_line({fresh.data(), fresh.size()});
  return line.outcome != detail::LineOutcome::need_more || line.text.size() < fresh.size();
}

}  // namespace

Parser::Outcome Parser::fail(Code code) {
  error_ = code;
  return Outcome::error;
}

void Parser::next() {
  *this = Parser(*limits_);
}

Parser::Outcome Parser::parse(std::span<char> bytes, Request& request) {
  if (stage_ == Stage::head) {
    if (const auto outcome = parse_head(bytes, request); outcome != Outcome::done) return outcome;
  }
  if (stage_ == Stage::sized_body) {
    if (bytes.size() - head_bytes_ < body_bytes_) return Outcome::need_more;
    consumed_ = head_bytes_ + body_bytes_;
  } else if (const auto outcome = parse_chunks(bytes); outcome != Outcome::done) {
    return outcome;
  }
  // The bytes have moved while the body arrived: the views are made again.
  if (bytes.data() != head_data_) detail::parse_head(bytes.first(head_bytes_), *limits_, request);
  request.body = {bytes.data() + head_bytes_, body_bytes_};
  waits_for_continue_ = false;
  return Outcome::done;
}

Parser::Outcome Parser::parse_head(std::span<char> bytes, Request& request) {
  if (bytes.empty()) return Outcome::need_more;
  const auto passes = [&](std::size_t limit) { return scanned_ <= limit && bytes.size() > limit; };
  const bool may_tell_more = has_news(bytes, scanned_) || passes(limits_->target_bytes_max + detail::request_line_rest_max) ||
                             passes(limits_->head_bytes_max);
  scanned_ = bytes.size();
  if (!may_tell_more) return Outcome::need_more;
  const auto head = detail::parse_head(bytes, *limits_, request);
  if (head.outcome == detail::HeadOutcome::error) return fail(head.error);
  if (head.outcome == detail::HeadOutcome::need_more) return Outcome::need_more;
  head_bytes_ = head.bytes;
  head_data_ = bytes.data();
  body_bytes_ = head.content_length;
  if (body_bytes_ > limits_->body_bytes_max) return fail(Code::http_body_too_large);
  waits_for_continue_ = head.expects_continue && (head.is_chunked || body_bytes_ > 0);
  stage_ = head.is_chunked ? Stage::chunk_line : Stage::sized_body;
  chunk_at_ = head_bytes_;
  return Outcome::done;
}

Parser::Outcome Parser::parse_chunks(std::span<char> bytes) {
  for (;;) {
    switch (stage_) {
      case Stage::chunk_line:
        if (const auto outcome = parse_chunk_line(bytes); outcome != Outcome::done) return outcome;
        break;
      case Stage::chunk_data: {
        const auto take = std::min(chunk_left_, bytes.size() - chunk_at_);
        std::memmove(bytes.data() + head_bytes_ + body_bytes_, bytes.data() + chunk_at_, take);
        body_bytes_ += take;
        chunk_at_ += take;
        chunk_left_ -= take;
        if (chunk_left_ > 0) return Outcome::need_more;
        stage_ = Stage::chunk_end;
        break;
      }
      case Stage::chunk_end:
        if (chunk_at_ < bytes.size() && bytes[chunk_at_] != '\r') return fail(Code::http_malformed);
        if (bytes.size() - chunk_at_ < 2) return Outcome::need_more;
        if (bytes[chunk_at_ + 1] != '\n') return fail(Code::http_malformed);
        chunk_at_ += 2;
        stage_ = Stage::chunk_line;
        break;
      case Stage::trailers: return parse_trailers(bytes);
      case Stage::head:
      case Stage::sized_body: return fail(Code::internal);
    }
  }
}

Parser::Outcome Parser::parse_chunk_line(std::span<char> bytes) {
  // What frames the chunks counts as body, so that a body of tiny chunks cannot be many times the limit.
  if (chunk_at_ - head_bytes_ > limits_->body_bytes_max) return fail(Code::http_body_too_large);
  const auto line = detail::find_line({bytes.data() + chunk_at_, bytes.size() - chunk_at_});
  if (line.outcome == detail::LineOutcome::bad || line.text.size() > chunk_line_bytes_max) return fail(Code::http_malformed);
  if (line.outcome == detail::LineOutcome::need_more) return Outcome::need_more;
  std::size_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.text.size() && hex_digit(line.text[digits]) >= 0; ++digits) {
    if (digits == chunk_digits_max) return fail(Code::http_malformed);
    size = size * 16 + static_cast<std::size_t>(hex_digit(line.text[digits]));
  }
  if (digits == 0 || !detail::is_chunk_extension(line.text.substr(digits))) return fail(Code::http_malformed);
  if (size > limits_->body_bytes_max - body_bytes_) return fail(Code::http_body_too_large);
  chunk_at_ += line.text.size() + 2;
  chunk_left_ = size;
  stage_ = size == 0 ? Stage::trailers : Stage::chunk_data;
  return Outcome::done;
}

// Trailer fields are checked and dropped: nothing here reads one, and none may change what the head said.
Parser::Outcome Parser::parse_trailers(std::span<char> bytes) {
  std::size_t at = chunk_at_;
  for (;;) {
    const auto line = detail::find_line({bytes.data() + at, bytes.size() - at});
    if (line.outcome == detail::LineOutcome::bad) return fail(Code::http_malformed);
    if (at + line.text.size() - chunk_at_ > trailer_bytes_max) return fail(Code::http_headers_too_large);
    if (line.outcome == detail::LineOutcome::need_more) return Outcome::need_more;
    at += line.text.size() + 2;
    if (line.text.empty()) break;
    const auto field = detail::split_field(line.text);
    if (!field || !detail::may_trail(field->name)) return fail(Code::http_malformed);
  }
  consumed_ = at;
  return Outcome::done;
}

}  // namespace aljibe::http
