#include "base/seeded.h"

#ifdef ALJ_SEEDED_BUGS

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <utility>

namespace aljibe {
namespace {

/// As the compiler writes an enumerator: "… [bug = aljibe::Bug::bulk_cut]".
template <Bug bug>
constexpr std::string_view name_of() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const auto from = text.rfind(':') + 1;
  return text.substr(from, text.rfind(']') - from);
}

template <std::size_t... index>
constexpr auto names_of(std::index_sequence<index...> /*all*/) { return std::array{name_of<static_cast<Bug>(index)>()...}; }

constexpr auto names = names_of(std::make_index_sequence<static_cast<std::size_t>(Bug::none)>());
static_assert(names[0] == "admission_looks_at_nothing");

Bug chosen() {
  const char* const wanted = std::getenv("ALJIBE_BUG");
  if (wanted == nullptr || *wanted == '\0') return Bug::none;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) return static_cast<Bug>(i);
  }
  std::fprintf(stderr, "ALJIBE_BUG=%s: no bug has this name (src/base/seeded.h)\n", wanted);
  std::abort();
}

}  // namespace

bool seeded(Bug bug) {
  static const Bug only = chosen();
  return bug == only;
}

void dally() { std::this_thread::yield(); }

}  // namespace aljibe

#endif
