#include "base/address.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace aljibe {
namespace {

constexpr std::size_t v4_at = 12;
constexpr std::array<std::uint8_t, v4_at> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// A decimal number of at most three digits, without leading zeros.
std::optional<unsigned> read_number(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(digit - '0');
  }
  return number <= most ? std::optional(number) : std::nullopt;
}

/// Four numbers with dots, into four bytes.
bool read_v4(std::string_view text, std::uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) {
    const auto dot = i == 3 ? text.size() : text.find('.');
    if (dot == std::string_view::npos) return false;
    const auto number = read_number(text.substr(0, dot), 255);
    if (!number) return false;
    bytes[i] = static_cast<std::uint8_t>(*number);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

bool read_group(std::string_view text, std::uint8_t* bytes) {
  if (text.empty() || text.size() > 4) return false;
  unsigned number = 0;
  for (const char digit : text) {
    if (hex_digit(digit) < 0) return false;
    number = number * 16 + static_cast<unsigned>(hex_digit(digit));
  }
  bytes[0] = static_cast<std::uint8_t>(number >> 8);
  bytes[1] = static_cast<std::uint8_t>(number & 255);
  return true;
}

/// Groups with colons, the last two perhaps as version 4: their bytes, or -1. Nothing at all is no bytes.
int read_groups(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
  std::size_t size = 0;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      if (size + 4 > bytes.size() || !read_v4(group, bytes.data() + size)) return -1;
      return static_cast<int>(size + 4);
    }
    if (size + 2 > bytes.size() || !read_group(group, bytes.data() + size)) return -1;
    size += 2;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return -1;
  }
  return static_cast<int>(size);
}

std::optional<Address> read_v6(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) return read_groups(text, bytes) == 16 ? std::optional(Address(bytes)) : std::nullopt;
  // At least one group is left out where "::" stands (RFC 4291 §2.2); version 4 may stand at the end only.
  std::array<std::uint8_t, 16> behind{};
  const auto front = text.substr(0, gap);
  const int front_size = front.find('.') == std::string_view::npos ? read_groups(front, bytes) : -1;
  const int behind_size = read_groups(text.substr(gap + 2), behind);
  if (front_size < 0 || behind_size < 0 || front_size + behind_size > 14) return std::nullopt;
  std::copy_n(behind.begin(), behind_size, bytes.end() - behind_size);
  return Address(bytes);
}

std::string v4_text(const std::uint8_t* bytes) {
  std::string text = std::to_string(bytes[0]);
  for (int i = 1; i < 4; ++i) text.append(".").append(std::to_string(bytes[i]));
  return text;
}

void append_group(std::string& text, unsigned group) {
  static constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 12; shift >= 0; shift -= 4) {
    if (shift == 0 || group >> shift != 0) text += digits[group >> shift & 15];
  }
}

}  // namespace

bool Address::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin()); }

std::optional<Address> Address::read(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return read_v6(text);
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(v4_prefix, bytes.begin());
  return read_v4(text, bytes.data() + v4_at) ? std::optional(Address(bytes)) : std::nullopt;
}

std::string Address::text() const {
  if (is_v4()) return v4_text(bytes_.data() + v4_at);
  const auto group = [this](std::size_t i) { return static_cast<unsigned>(bytes_[2 * i]) << 8 | bytes_[2 * i + 1]; };
  // RFC 5952 §4.2: the longest run of zeros is left out, the first of several, none of a single one.
  std::size_t gap = 8, gap_size = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t size = 0;
    while (i + size < 8 && group(i + size) == 0) ++size;
    if (size > gap_size) gap = i, gap_size = size;
    i += size + 1;
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    append_group(text, group(i));
  }
  return text;
}

std::string_view Address::household() const {
  const std::string_view bytes(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  return is_v4() ? bytes.substr(v4_at) : bytes.substr(0, 8);
}

std::optional<Network> Network::read(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = Address::read(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return Network(*first, 128);
  const bool has_dots_only = text.find(':') == std::string_view::npos;
  const auto bits = read_number(text.substr(slash + 1), has_dots_only ? 32 : 128);
  return bits ? std::optional(Network(*first, has_dots_only ? 96 + *bits : *bits)) : std::nullopt;
}

bool Network::contains(const Address& address) const {
  const auto whole = bits_ / 8;
  const auto& left = first_.bytes();
  const auto& right = address.bytes();
  if (!std::equal(left.begin(), left.begin() + whole, right.begin())) return false;
  const auto rest = bits_ % 8;
  return rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0;
}

}  // namespace aljibe
