#include "config/reference.h"

#include <fmt/format.h>

#include <algorithm>

namespace aljibe::config {
namespace {

constexpr std::size_t reference_bytes_max = 4096;

bool is_scheme(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

/// Length of the "${scheme:" at the start of `text`; 0 when there is none.
std::size_t opening(std::string_view text) {
  const auto colon = text.find(':');
  if (!text.starts_with("${") || colon == std::string_view::npos || !is_scheme(text.substr(2, colon - 2))) return 0;
  return colon + 1;
}

Result<std::string> fetch(std::string_view reference, const Resolve& resolve) {
  const auto inside = reference.substr(2, reference.size() - 3);
  const auto colon = inside.find(':');
  auto value = resolve(inside.substr(0, colon), inside.substr(colon + 1));
  if (!value) {
    return fail(Code::config_reference, fmt::format("{} {}", reference, value.error().message()), {}, std::string(value.error().hint()));
  }
  return value;
}

}  // namespace

Result<Resolved> resolve_references(std::string_view text, const Resolve& resolve) {
  Resolved out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out.text += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    if (text.starts_with("$${") && opening(text.substr(1)) > 0) {
      out.text += "${";
      text.remove_prefix(3);
    } else if (opening(text) > 0) {
      const auto end = text.find('}');
      if (end == std::string_view::npos || end > reference_bytes_max) {
        return fail(Code::config_reference, fmt::format("{}… has no closing brace", text.substr(0, opening(text))));
      }
      const auto reference = text.substr(0, end + 1);
      out.text += ALJ_TRY(fetch(reference, resolve));
      out.references += (out.references.empty() ? "" : " ") + std::string(reference);
      text.remove_prefix(end + 1);
    } else {
      out.text += '$';
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace aljibe::config
