#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/limits.h"
#include "http/message.h"

namespace aljibe::http::detail {

/// Method, spaces and version, when the line is not whole and only its target can have made it this long.
inline constexpr std::size_t request_line_rest_max = 64;

enum class HeadOutcome : std::uint8_t { need_more, done, error };

struct Head {
  HeadOutcome outcome = HeadOutcome::need_more;
  Code error{};
  std::size_t bytes = 0;           // with the blank line
  std::size_t content_length = 0;
  bool is_chunked = false;
  bool expects_continue = false;
};

/// Request line and fields at the start of `bytes`, into `request`; its body stays empty.
Head parse_head(std::span<const char> bytes, const Limits& limits, Request& request);

enum class LineOutcome : std::uint8_t { need_more, done, bad };

struct Line {
  LineOutcome outcome;
  std::string_view text;  // without CRLF; what there is when more is needed
};

/// The line at the start of `bytes`. Bad: a control character other than tab, or a CR or LF that is not CRLF.
Line find_line(std::string_view bytes);

/// Name and value of a field line; nothing when it is none: no name, space before the colon, folded.
std::optional<Field> split_field(std::string_view line);

/// Digits, as many as a port may have.
bool is_port(std::string_view text);

/// Whether a field of this name may stand behind a chunked body.
bool may_trail(std::string_view name);

/// Whether `text` is what may follow the size of a chunk (RFC 9112 §7.1.1). A quote that is left open must be refused: a parser
/// that looks for its end past the line takes other bytes for the next chunk.
bool is_chunk_extension(std::string_view text);

}  // namespace aljibe::http::detail
