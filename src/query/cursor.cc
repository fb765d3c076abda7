#include "query/cursor.h"

#include <array>
#include <charconv>

namespace aljibe::query {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> static_cast<unsigned>(held - 6) & 63U];
  }
  if (held > 0) text += alphabet[bits << static_cast<unsigned>(6 - held) & 63U];
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    const auto digit = alphabet.find(letter);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> static_cast<unsigned>(held) & 255U);
    }
  }
  return bytes;
}

bool is_number(const CursorValue& value) {
  const char* const end = value.text.data() + value.text.size();
  if (value.tag == CursorValue::Tag::integer) {
    std::int64_t number = 0;
    const auto [stop, fault] = std::from_chars(value.text.data(), end, number);
    return fault == std::errc() && stop == end;
  }
  double number = 0;
  const auto [stop, fault] = std::from_chars(value.text.data(), end, number);
  return fault == std::errc() && stop == end;
}

bool is_sound(const CursorValue& value) {
  using Tag = CursorValue::Tag;
  switch (value.tag) {
    case Tag::null: return value.text.empty();
    case Tag::integer:
    case Tag::real: return is_number(value);
    case Tag::text:
    case Tag::blob: return true;
  }
  return false;
}

}  // namespace

std::string encode_cursor(const std::vector<CursorValue>& values) {
  std::string bytes;
  for (const auto& value : values) {
    bytes += static_cast<char>(value.tag);
    bytes += std::to_string(value.text.size());
    bytes += ':';
    bytes += value.text;
  }
  return to_base64(bytes);
}

std::optional<std::vector<CursorValue>> decode_cursor(std::string_view cursor) {
  const auto bytes = from_base64(cursor);
  if (!bytes) return std::nullopt;
  std::vector<CursorValue> values;
  for (std::string_view rest = *bytes; !rest.empty();) {
    CursorValue value{.tag = static_cast<CursorValue::Tag>(rest.front())};
    rest.remove_prefix(1);
    std::size_t size = 0;
    const auto [stop, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
    if (fault != std::errc() || stop == rest.data() + rest.size() || *stop != ':') return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()) + 1);
    if (size > rest.size()) return std::nullopt;
    value.text = rest.substr(0, size);
    rest.remove_prefix(size);
    if (!is_sound(value)) return std::nullopt;
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace aljibe::query
