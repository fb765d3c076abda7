#include "store/sqlite/json_key.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <utility>

#include "base/utf8.h"

namespace aljibe::store::sqlite {
namespace {

/// The first byte of a value's key. An empty array that stands alone comes before all: PostgreSQL keeps that for old indexes.
enum class Tag : char { empty_array, null, text, number, no, yes, array, object };

void put(std::string& key, Tag tag) { key += static_cast<char>(tag); }

void put(std::string& key, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift & 0xFF);
}

/// Ends before any byte that could follow; a NUL inside is marked, so that it sorts behind the end.
void put_text(std::string& key, std::string_view text) {
  for (const char byte : text) {
    key += byte;
    if (byte == '\0') key += '\xFF';
  }
  key.append(2, '\0');
}

/// A number is 0.digits × 10^exponent, without zeros at either end of the digits; zero has none.
void put_number(std::string& key, bool is_negative, std::string digits, std::int64_t exponent) {
  const auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
  exponent -= static_cast<std::int64_t>(zeros);
  digits.erase(0, zeros);
  digits.erase(digits.find_last_not_of('0') + 1);
  put(key, Tag::number);
  if (digits.empty()) {
    key += '\1';
    return;
  }
  key += is_negative ? '\0' : '\2';
  const auto from = key.size();
  put(key, static_cast<std::uint32_t>(exponent + (std::int64_t{1} << 31)));
  key.append(digits).append(1, '\0');
  if (!is_negative) return;
  for (auto i = from; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
}

/// Reads RFC 8259 from left to right and writes the key as it goes; each part says whether it was there.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool document(std::string& key) {
    const bool is_good = value(key, 0);
    blanks();
    return is_good && at_ == text_.size();
  }

 private:
  using Members = std::map<std::pair<std::size_t, std::string>, std::string>;  // the short names first, as jsonb keeps them

  bool value(std::string& key, std::size_t depth);
  bool array(std::string& key, std::size_t depth);
  bool object(std::string& key, std::size_t depth);
  bool member(Members& members, std::size_t depth);
  bool text(std::string& out);
  bool escape(std::string& out);
  bool unit(std::uint32_t& out);
  bool number(std::string& key);
  std::string_view digits();

  void blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  [[nodiscard]] bool is_next(std::string_view letters) const { return at_ < text_.size() && letters.contains(text_[at_]); }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool Reader::value(std::string& key, std::size_t depth) {
  constexpr std::size_t depth_max = 1000;  // SQLite's own
  if (depth > depth_max) return false;
  blanks();
  if (take("{")) return object(key, depth + 1);
  if (take("[")) return array(key, depth + 1);
  if (take("null")) return put(key, Tag::null), true;
  if (take("false")) return put(key, Tag::no), true;
  if (take("true")) return put(key, Tag::yes), true;
  if (!take("\"")) return number(key);
  std::string inner;
  if (!text(inner)) return false;
  put(key, Tag::text);
  put_text(key, inner);
  return true;
}

bool Reader::array(std::string& key, std::size_t depth) {
  std::string elements;
  std::uint32_t count = 0;
  blanks();
  if (!take("]")) {
    do {
      if (!value(elements, depth)) return false;
      ++count;
      blanks();
    } while (take(","));
    if (!take("]")) return false;
  }
  put(key, count == 0 && depth == 1 ? Tag::empty_array : Tag::array);
  put(key, count);
  key += elements;
  return true;
}

bool Reader::object(std::string& key, std::size_t depth) {
  Members members;
  blanks();
  if (!take("}")) {
    do {
      if (!member(members, depth)) return false;
      blanks();
    } while (take(","));
    if (!take("}")) return false;
  }
  put(key, Tag::object);
  put(key, static_cast<std::uint32_t>(members.size()));
  for (const auto& [name, inner] : members) {
    put_text(key, name.second);
    key += inner;
  }
  return true;
}

bool Reader::member(Members& members, std::size_t depth) {
  std::string name;
  blanks();
  if (!take("\"") || !text(name)) return false;
  blanks();
  std::string inner;
  if (!take(":") || !value(inner, depth)) return false;
  const auto size = name.size();
  members.insert_or_assign({size, std::move(name)}, std::move(inner));
  return true;
}

/// Behind the first quote.
bool Reader::text(std::string& out) {
  while (at_ < text_.size()) {
    const char byte = text_[at_++];
    if (byte == '"') return true;
    if (static_cast<unsigned char>(byte) < 0x20) return false;
    if (byte != '\\') {
      out += byte;
    } else if (!escape(out)) {
      return false;
    }
  }
  return false;
}

bool Reader::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (at_ == text_.size()) return false;
  const char letter = text_[at_++];
  if (const auto found = letters.find(letter); found != std::string_view::npos) return out += meanings[found], true;
  std::uint32_t point = 0;
  if (letter != 'u' || !unit(point) || (point >= 0xDC00 && point < 0xE000)) return false;
  if (point >= 0xD800 && point < 0xDC00) {
    std::uint32_t low = 0;
    if (!take("\\u") || !unit(low) || low < 0xDC00 || low >= 0xE000) return false;
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(out, point);
  return true;
}

/// Four hexadecimal digits.
bool Reader::unit(std::uint32_t& out) {
  constexpr std::size_t digits_count = 4;
  if (text_.size() - at_ < digits_count) return false;
  const auto* const end = text_.data() + at_ + digits_count;
  const auto [stopped, fault] = std::from_chars(text_.data() + at_, end, out, 16);
  at_ += digits_count;
  return fault == std::errc() && stopped == end;
}

std::string_view Reader::digits() {
  const auto from = at_;
  at_ = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
  return text_.substr(from, at_ - from);
}

bool Reader::number(std::string& key) {
  constexpr std::int64_t power_max = 1'000'000'000;
  const bool is_negative = take("-");
  const auto whole = digits();
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return false;
  std::string_view fraction;
  if (take(".") && (fraction = digits()).empty()) return false;
  std::int64_t power = 0;
  if (is_next("eE")) {
    ++at_;
    const bool is_small = take("-");
    if (!is_small) take("+");
    const auto written = digits();
    if (written.empty()) return false;
    const bool is_large = std::from_chars(written.data(), written.data() + written.size(), power).ec != std::errc() || power > power_max;
    power = is_large ? power_max : power;
    if (is_small) power = -power;
  }
  put_number(key, is_negative, std::string(whole).append(fraction), static_cast<std::int64_t>(whole.size()) + power);
  return true;
}

}  // namespace

std::optional<std::string> json_key(std::string_view json) {
  std::string key;
  if (!Reader(json).document(key)) return std::nullopt;
  return key;
}

}  // namespace aljibe::store::sqlite
