#include "format/encoding.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace aljibe::format {
namespace {

struct Table {
  std::string_view name;
  std::array<std::uint16_t, 128> code_points;
};

constexpr Table tables[] = {
#define ALJ_ENCODING(name, ...) {name, {__VA_ARGS__}},
#include "format/encoding_tables.inc"
#undef ALJ_ENCODING
};

/// "Latin1", "cp1252", "ISO_8859-15": as the tables spell them.
std::string canonical(std::string_view name) {
  std::string lower = to_lower(name);
  std::ranges::replace(lower, '_', '-');
  static constexpr std::pair<std::string_view, std::string_view> aliases[] = {
      {"latin1", "iso-8859-1"}, {"latin-1", "iso-8859-1"}, {"latin9", "iso-8859-15"}, {"latin-9", "iso-8859-15"}, {"latin2", "iso-8859-2"},
      {"latin-2", "iso-8859-2"}, {"ansi", "windows-1252"}, {"cp437", "ibm437"}, {"cp850", "ibm850"}, {"mac-roman", "macintosh"},
      {"utf8", "utf-8"}, {"utf-8-sig", "utf-8"}, {"ascii", "utf-8"}, {"us-ascii", "utf-8"}, {"utf16", "utf-16"}, {"utf-16-le", "utf-16le"}, {"utf-16-be", "utf-16be"}};
  for (const auto& [alias, meant] : aliases) {
    if (lower == alias) return std::string(meant);
  }
  if (lower.starts_with("cp125")) return "windows-" + lower.substr(2);
  if (lower.starts_with("iso8859-")) return "iso-" + lower.substr(3);
  return lower;
}

}  // namespace

std::optional<Encoding> Encoding::named(std::string_view name, std::string_view first_bytes) {
  const std::string wanted = canonical(name);
  Encoding encoding;
  if (wanted == "utf-8") return encoding;
  if (wanted == "utf-16") {
    const Encoding found = marked(first_bytes);
    return found.family_ == Family::utf8 ? named("utf-16le") : found;
  }
  if (wanted == "utf-16le" || wanted == "utf-16be") {
    encoding.family_ = wanted == "utf-16le" ? Family::utf16_little : Family::utf16_big;
    encoding.name_ = wanted == "utf-16le" ? "utf-16le" : "utf-16be";
    return encoding;
  }
  const auto* const table = std::ranges::find(tables, wanted, &Table::name);
  if (table == std::end(tables)) return std::nullopt;
  encoding.family_ = Family::single_byte;
  encoding.name_ = table->name;
  encoding.table_ = &table->code_points;
  return encoding;
}

Encoding Encoding::marked(std::string_view first_bytes) {
  if (first_bytes.starts_with("\xFF\xFE")) return *named("utf-16le");
  if (first_bytes.starts_with("\xFE\xFF")) return *named("utf-16be");
  return {};
}

std::size_t Encoding::mark_bytes(std::string_view first_bytes) const {
  switch (family_) {
    case Family::utf8: return first_bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    case Family::utf16_little: return first_bytes.starts_with("\xFF\xFE") ? 2 : 0;
    case Family::utf16_big: return first_bytes.starts_with("\xFE\xFF") ? 2 : 0;
    case Family::single_byte: return 0;
  }
  return 0;
}

void Transcoder::append(std::string_view bytes, std::string& to) {
  if (encoding_.family_ == Encoding::Family::utf8) {
    to += bytes;
    return;
  }
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (encoding_.family_ == Encoding::Family::single_byte) {
      append_utf8(to, byte < 0x80 ? byte : (*encoding_.table_)[byte - 0x80U]);
    } else if (!odd_byte_) {
      odd_byte_ = byte;
    } else {
      const unsigned first = *std::exchange(odd_byte_, std::nullopt);
      const bool little = encoding_.family_ == Encoding::Family::utf16_little;
      take_unit(static_cast<std::uint16_t>(little ? first | unsigned{byte} << 8 : first << 8 | byte), to);
    }
  }
}

void Transcoder::take_unit(std::uint16_t unit, std::string& to) {
  const bool is_low = unit >= 0xDC00 && unit < 0xE000;
  const std::uint32_t high = std::exchange(high_surrogate_, std::uint16_t{0});
  if (high != 0 && is_low) return append_utf8(to, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00U));
  if (high != 0) append_utf8(to, high);
  if (unit >= 0xD800 && unit < 0xDC00) {
    high_surrogate_ = unit;
  } else {
    append_utf8(to, unit);
  }
}

void Transcoder::finish(std::string& to) {
  if (const std::uint32_t high = std::exchange(high_surrogate_, std::uint16_t{0}); high != 0) append_utf8(to, high);
  if (std::exchange(odd_byte_, std::nullopt)) to += '\xFF';
}

}  // namespace aljibe::format
