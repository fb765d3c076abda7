#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aljibe::redis {

/// One value of RESP3, the protocol that Redis speaks since version 6.
struct Reply {
  enum class Kind : std::uint8_t {
    null,
    text,  // simple, bulk and verbatim strings alike
    error,
    integer,
    real,
    boolean,
    big_number,  // its digits in `text`
    array,
    set,
    map,  // key and value in turn
    push
  };

  Kind kind = Kind::null;
  bool truth = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Reply> items;

  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_text() const { return kind == Kind::text; }
  [[nodiscard]] bool is_error() const { return kind == Kind::error; }
  [[nodiscard]] bool is_ok() const { return kind == Kind::text && text == "OK"; }
  /// Whether it is an error of this first word, such as "OOM" or "NOSCRIPT".
  [[nodiscard]] bool is_error(std::string_view word) const;

  bool operator==(const Reply&) const = default;
};

/// What a server may make us hold. Each is checked before memory is taken for it.
struct ReplyLimits {
  std::size_t bytes_max = 16 * 1024 * 1024;  // of all strings of one reply
  std::size_t line_bytes_max = 64 * 1024;    // of a simple string, an error or a number
  std::size_t elements_max = 262'144;        // of all arrays, sets and maps of one reply
  std::size_t depth_max = 16;
};

/// Cuts a stream of bytes into replies. It keeps what it was given of a reply that is not whole, so that a caller needs no
/// buffer but the one it reads into; a string is copied once, from there into its reply.
///
/// Source: https://github.com/redis/redis-specifications, protocol/RESP3.md. Streamed strings and aggregates ("$?", "*?")
/// are refused: no server sends them.
class Parser {
 public:
  enum class Outcome : std::uint8_t { need_more, done, error };

  explicit Parser(ReplyLimits limits = {}) : limits_(limits) {}

  /// Takes bytes off the front of `bytes`: all of them, or up to the end of one reply. Nothing more after an error.
  Outcome parse(std::string_view& bytes);
  /// The reply after `done`, once.
  Reply take() { return std::exchange(root_, Reply{}); }
  /// What is wrong, after `error`.
  [[nodiscard]] std::string_view error() const { return error_; }

 private:
  struct Open {
    Reply value;
    std::size_t missing;
    bool is_attribute;
  };

  Outcome broken(std::string_view why);
  std::optional<std::string_view> take_line(std::string_view& bytes);
  [[nodiscard]] std::size_t line_max(char type) const;
  Outcome start(std::string_view line);
  Outcome start_string(Reply::Kind kind, std::string_view line);
  Outcome start_aggregate(Reply::Kind kind, std::string_view line);
  Outcome continue_string(std::string_view& bytes);
  Outcome finish_string();
  Outcome finish(Reply value);
  Outcome finish_number(char type, std::string_view text);

  ReplyLimits limits_;
  std::string line_;  // the beginning of a line whose end has not come
  std::vector<Open> open_;
  Reply root_;
  Reply string_;
  bool is_verbatim_ = false;
  std::size_t string_missing_ = 0;  // of string_, with its line end; 0: none is being read
  std::size_t bytes_ = 0;
  std::size_t elements_ = 0;
  std::string_view error_;
};

}  // namespace aljibe::redis
