#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aljibe::auth {

/// A JSON object from outside, as values. What two parsers could understand differently is no object: a key that stands twice
/// (RFC 8725 §2.4), text behind it, a byte order mark, broken UTF-8.
class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, number, text, list, object };
  static constexpr std::size_t depth_max = 16;

  static std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// Of an object; null when it has no such member, and of what is no object.
  [[nodiscard]] const Json* find(std::string_view key) const;
  [[nodiscard]] const std::vector<std::pair<std::string, Json>>& members() const { return members_; }
  [[nodiscard]] const std::vector<Json>& items() const { return items_; }
  [[nodiscard]] std::optional<std::string_view> text() const;
  /// Of a number that was written without a point and an exponent.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  /// A text as it is, a boolean or a number as JSON has it; nothing of null, lists and objects.
  [[nodiscard]] std::optional<std::string> literal() const;
  [[nodiscard]] bool is_true() const { return kind_ == Kind::boolean && integer_ != 0; }

  /// The text of a member; nothing when it is not there or no text.
  [[nodiscard]] std::optional<std::string_view> text_of(std::string_view key) const;

 private:
  friend class JsonReader;

  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  std::string text_;  // of a text; of a number that is no integer, in its shortest form
  std::vector<Json> items_;
  std::vector<std::pair<std::string, Json>> members_;
};

}  // namespace aljibe::auth
