#include "http/etag.h"

#include <array>
#include <cstdint>

#include "base/text.h"

namespace aljibe::http {
namespace {

enum class Comparison : std::uint8_t { weak, strong };

void append_hex(std::string& text, std::uint64_t bits) {
  static constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[(bits >> shift) & 15];
}

/// Takes the first tag off `tags`; empty when what stands there is not a tag.
std::string_view take_tag(std::string_view& tags) {
  const std::size_t quote = tags.starts_with("W/") ? 2 : 0;
  if (quote >= tags.size() || tags[quote] != '"') return {};
  const auto end = tags.find('"', quote + 1);
  if (end == std::string_view::npos) return {};
  const auto tag = tags.substr(0, end + 1);
  tags.remove_prefix(end + 1);
  return tag;
}

bool names(std::string_view tags, std::string_view etag, Comparison comparison) {
  tags = trim(tags);
  if (tags == "*") return true;
  while (!tags.empty()) {
    auto tag = take_tag(tags);
    if (tag.empty()) return false;
    if (comparison == Comparison::weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
    const auto next = tags.find_first_not_of(" \t,");
    tags.remove_prefix(next == std::string_view::npos ? tags.size() : next);
  }
  return false;
}

}  // namespace

std::string make_etag(const Hash128& content, Coding coding) {
  std::string tag = "\"";
  append_hex(tag, content.high);
  append_hex(tag, content.low);
  if (coding != Coding::identity) {
    tag += '-';
    tag += coding_name(coding);
  }
  tag += '"';
  return tag;
}

bool names_weakly(std::string_view tags, std::string_view etag) { return names(tags, etag, Comparison::weak); }
bool names_strongly(std::string_view tags, std::string_view etag) { return names(tags, etag, Comparison::strong); }

}  // namespace aljibe::http
