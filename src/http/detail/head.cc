#include "http/detail/head.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/text.h"
#include "http/detail/list.h"

namespace aljibe::http::detail {
namespace {

// RFC 9110 §5.6.2.
constexpr auto token_letters = [] {
  std::array<bool, 256> table{};
  for (unsigned letter = '0'; letter <= '9'; ++letter) table[letter] = true;
  for (unsigned letter = 'a'; letter <= 'z'; ++letter) table[letter] = table[letter - 'a' + 'A'] = true;
  for (const char letter : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
    table[static_cast<unsigned char>(letter)] = true;
  }
  return table;
}();

// RFC 9110 §6.5.1: what frames a message, leads it, or says who sends it.
constexpr auto never_trailing = std::to_array<std::string_view>({"transfer-encoding", "content-length", "host", "connection", "te", "trailer", "upgrade", "expect", "content-type",
                                                                 "content-encoding", "content-range", "authorization", "cookie", "cache-control", "max-forwards"});

bool is_token_letter(char letter) { return token_letters[static_cast<unsigned char>(letter)]; }

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }

std::size_t token_bytes(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_token_letter(text[size])) ++size;
  return size;
}

/// Size of the quoted string at the start; 0 when its end is missing. Without control characters, which no line has.
std::size_t quoted_bytes(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return 0;
}

/// Offset of the first control character at or after `from`, or the size. Eight bytes a step.
std::size_t find_control(std::string_view text, std::size_t from) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  while (text.size() - from >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + from, 8);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t is_delete = word ^ (ones * 0x7f);
    const std::uint64_t found = (((word - ones * 0x20) & ~word) | ((is_delete - ones) & ~is_delete)) & highs;
    // A borrow marks only bytes above one that is truly found: the lowest mark is right.
    if (found != 0) return from + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    from += 8;
  }
  while (from < text.size() && !is_control(text[from])) ++from;
  return from;
}

Head failed(Code code) { return {.outcome = HeadOutcome::error, .error = code}; }

/// What a head may cost at most, as an error when it is not whole yet.
Head unfinished(std::size_t seen, bool in_request_line, const Limits& limits) {
  if (in_request_line && seen > limits.target_bytes_max + request_line_rest_max) return failed(Code::http_uri_too_long);
  if (seen > limits.head_bytes_max) return failed(in_request_line ? Code::http_uri_too_long : Code::http_headers_too_large);
  return {};
}

std::optional<Code> read_version(std::string_view text, Request& request) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' || !is_digit(text[7])) {
    return Code::http_malformed;
  }
  if (text[5] != '1' || text[7] > '1') return Code::http_version_unsupported;
  request.minor_version = text[7] - '0';
  return std::nullopt;
}

/// The start of an absolute target: after "http://" or "https://"; 0 when it is not one.
std::size_t scheme_bytes(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() && equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

/// A name or address, with a port perhaps (RFC 3986 §3.2.2, without what no host is called); or nothing at all (RFC 9112 §3.2).
bool is_host(std::string_view host) {
  const auto in_brackets = [](char letter) { return hex_digit(letter) >= 0 || letter == ':' || letter == '.'; };
  const auto in_name = [](char letter) { return is_token_letter(letter) && letter != '#' && letter != '^' && letter != '|' && letter != '`'; };
  if (host.starts_with('[')) {
    const auto end = std::min(host.find(']'), host.size());
    const auto rest = host.substr(std::min(end + 1, host.size()));
    return end > 2 && end < host.size() && std::ranges::all_of(host.substr(1, end - 1), in_brackets) && (rest.empty() || (rest[0] == ':' && is_port(rest.substr(1))));
  }
  const auto colon = std::min(host.find(':'), host.size());
  if (colon < host.size() && (colon == 0 || !is_port(host.substr(colon + 1)))) return false;
  return std::ranges::all_of(host.substr(0, colon), in_name);
}

/// RFC 9112 §3.2: origin form, absolute form, and "*" for OPTIONS.
std::optional<Code> read_target(std::string_view target, Request& request) {
  request.host = {};
  if (target.empty()) return Code::http_malformed;
  for (const char letter : target) {
    if (static_cast<unsigned char>(letter) <= 0x20 || letter == '#') return Code::http_malformed;
  }
  if (const auto scheme = scheme_bytes(target); scheme > 0) {
    const auto path_at = std::min(target.find_first_of("/?", scheme), target.size());
    request.host = target.substr(scheme, path_at - scheme);
    if (request.host.empty() || !is_host(request.host)) return Code::http_malformed;
    target = target.substr(path_at);
  } else if (target[0] != '/' && !(target == "*" && request.method == Method::options)) {
    return request.method_text == "CONNECT" ? Code::http_not_supported : Code::http_malformed;
  }
  const auto question = target.find('?');
  request.target = target;
  request.path = target.substr(0, question);
  if (request.path.empty()) request.path = "/";
  request.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  return std::nullopt;
}

std::optional<Code> read_request_line(std::string_view line, const Limits& limits, Request& request) {
  const auto method_bytes = token_bytes(line);
  if (method_bytes == 0 || method_bytes == line.size() || line[method_bytes] != ' ') return Code::http_malformed;
  request.method_text = line.substr(0, method_bytes);
  request.method = method_of(request.method_text);
  const auto rest = line.substr(method_bytes + 1);
  const auto space = rest.find(' ');
  if (space == std::string_view::npos) return Code::http_malformed;
  if (space > limits.target_bytes_max) return Code::http_uri_too_long;
  if (const auto error = read_version(rest.substr(space + 1), request)) return error;
  return read_target(rest.substr(0, space), request);
}

/// The fields that decide how the message is framed and what becomes of the connection.
struct Framing {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t encodings = 0;
  bool close = false;
  bool keep_alive = false;
};

std::optional<Code> read_length(std::string_view value, Head& head) {
  constexpr std::size_t digits_max = 18;  // fits 64 bits; a longer number is past every limit
  if (value.empty()) return Code::http_malformed;
  std::size_t length = 0;
  for (const char digit : value) {
    if (digit < '0' || digit > '9') return Code::http_malformed;
    if (value.size() <= digits_max) length = length * 10 + static_cast<std::size_t>(digit - '0');
  }
  if (value.size() > digits_max) return Code::http_body_too_large;
  head.content_length = length;
  return std::nullopt;
}

std::optional<Code> read_framing(const Field& field, Framing& framing, Head& head, Request& request) {
  switch (field.name.size()) {
    case 4:
      if (equal_ignoring_case(field.name, "host")) {
        ++framing.hosts;
        if (!is_host(field.value)) return Code::http_malformed;
        // Of an absolute target: whoever looks at one of the two must not see another than who looks at the other.
        if (!request.host.empty() && !equal_ignoring_case(request.host, field.value)) return Code::http_malformed;
        request.host = field.value;
      }
      break;
    case 6:
      if (equal_ignoring_case(field.name, "expect")) {
        if (!equal_ignoring_case(field.value, "100-continue")) return Code::http_expectation;
        head.expects_continue = true;
      }
      break;
    case 10:
      if (equal_ignoring_case(field.name, "connection")) {
        for_each_member(field.value, ',', [&](std::string_view member) {
          framing.close |= equal_ignoring_case(member, "close");
          framing.keep_alive |= equal_ignoring_case(member, "keep-alive");
        });
      }
      break;
    case 14:
      if (equal_ignoring_case(field.name, "content-length")) {
        ++framing.lengths;
        return read_length(field.value, head);
      }
      break;
    case 17:
      if (equal_ignoring_case(field.name, "transfer-encoding")) {
        ++framing.encodings;
        head.is_chunked = true;
        if (!equal_ignoring_case(field.value, "chunked")) return Code::http_not_supported;
      }
      break;
    default: break;
  }
  return std::nullopt;
}

std::optional<Code> check_framing(const Framing& framing, Head& head, Request& request) {
  if (framing.lengths > 1 || framing.encodings > 1 || (framing.lengths > 0 && framing.encodings > 0)) return Code::http_malformed;
  if (head.is_chunked && request.minor_version == 0) return Code::http_malformed;
  if (framing.hosts > 1 || (framing.hosts == 0 && request.minor_version > 0)) return Code::http_malformed;
  request.keep_alive = !framing.close && (request.minor_version > 0 || framing.keep_alive);
  head.expects_continue = head.expects_continue && request.minor_version > 0;
  return std::nullopt;
}

}  // namespace

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

Line find_line(std::string_view bytes) {
  std::size_t at = 0;
  while ((at = find_control(bytes, at)) < bytes.size() && bytes[at] == '\t') ++at;
  if (at == bytes.size()) return {LineOutcome::need_more, bytes};
  if (bytes[at] != '\r') return {LineOutcome::bad, {}};
  if (at + 1 == bytes.size()) return {LineOutcome::need_more, bytes.substr(0, at)};
  if (bytes[at + 1] != '\n') return {LineOutcome::bad, {}};
  return {LineOutcome::done, bytes.substr(0, at)};
}

bool may_trail(std::string_view name) {
  return std::ranges::none_of(never_trailing, [&](std::string_view known) { return equal_ignoring_case(name, known); });
}

std::optional<Field> split_field(std::string_view line) {
  const auto name_bytes = token_bytes(line);
  if (name_bytes == 0 || name_bytes == line.size() || line[name_bytes] != ':') return std::nullopt;
  return Field{line.substr(0, name_bytes), trim(line.substr(name_bytes + 1))};
}

bool is_chunk_extension(std::string_view text) {
  const auto skip_blanks = [&text] { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); };
  while (!text.empty()) {
    skip_blanks();
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    skip_blanks();
    const auto name_bytes = token_bytes(text);
    if (name_bytes == 0) return false;
    text.remove_prefix(name_bytes);
    const auto behind_name = text;
    skip_blanks();
    if (!text.starts_with('=')) {
      text = behind_name;
      continue;
    }
    text.remove_prefix(1);
    skip_blanks();
    const auto value_bytes = text.starts_with('"') ? quoted_bytes(text) : token_bytes(text);
    if (value_bytes == 0) return false;
    text.remove_prefix(value_bytes);
  }
  return true;
}

Head parse_head(std::span<const char> bytes, const Limits& limits, Request& request) {
  const std::string_view text(bytes.data(), bytes.size());
  request.fields.clear();
  request.body = {};
  // RFC 9112 §2.2 would forgive an empty line before a request; not here, where it may be the rest of another.
  std::size_t at = 0;
  if (!text.empty() && !is_token_letter(text[0])) return failed(Code::http_malformed);

  // Only as far as a line may reach: one that is too long is that, whatever stands behind, however much has come already.
  const auto reach = text.substr(0, limits.target_bytes_max + request_line_rest_max);
  auto line = find_line(reach.substr(std::min(at, reach.size())));
  if (line.outcome == LineOutcome::bad) return failed(Code::http_malformed);
  if (line.outcome == LineOutcome::need_more) return unfinished(text.size(), true, limits);
  if (const auto error = read_request_line(line.text, limits, request)) return failed(*error);

  Head head;
  Framing framing;
  for (;;) {
    at += line.text.size() + 2;
    line = find_line(text.substr(at));
    if (line.outcome == LineOutcome::bad) return failed(Code::http_malformed);
    if (line.outcome == LineOutcome::need_more) return unfinished(text.size(), false, limits);
    if (line.text.empty()) break;
    if (request.fields.size() == limits.headers_max || line.text.size() > limits.field_bytes_max) return failed(Code::http_headers_too_large);
    const auto field = split_field(line.text);
    if (!field) return failed(Code::http_malformed);
    request.fields.push_back(*field);
    if (const auto error = read_framing(*field, framing, head, request)) return failed(*error);
  }
  head.bytes = at + 2;
  if (head.bytes > limits.head_bytes_max) return failed(Code::http_headers_too_large);
  if (const auto error = check_framing(framing, head, request)) return failed(*error);
  head.outcome = HeadOutcome::done;
  return head;
}

}  // namespace aljibe::http::detail
