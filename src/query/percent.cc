#include "query/percent.h"

#include <algorithm>

#include "base/percent.h"
#include "base/utf8.h"

namespace aljibe::query {

std::optional<std::string> decode_form(std::string_view encoded) {
  std::string blanked(encoded);
  std::ranges::replace(blanked, '+', ' ');
  auto text = percent_decode(blanked, BrokenEscape::kept);
  if (!text || text->contains('\0') || !is_utf8(*text)) return std::nullopt;
  return text;
}

std::string encode_component(std::string_view text) { return percent_encode(text, "*:,()"); }

}  // namespace aljibe::query
