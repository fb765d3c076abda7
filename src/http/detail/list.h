#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace aljibe::http::detail {

/// Calls `each` with the members of a list, trimmed, without empty ones (RFC 9110 §5.6.1). Separators inside quotes do not
/// separate.
template <class Each>
void for_each_member(std::string_view list, char separator, Each each) {
  bool is_quoted = false;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    if (at < list.size() && list[at] == '"') is_quoted = !is_quoted;
    if (at < list.size() && (list[at] != separator || is_quoted)) continue;
    if (const auto member = trim(list.substr(begin, at - begin)); !member.empty()) each(member);
    begin = at + 1;
  }
}

}  // namespace aljibe::http::detail
