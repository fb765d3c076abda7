#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/read.h"

/// Any bytes are settings or problems, never both, never neither, and reading them twice says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const auto resolve = [](std::string_view, std::string_view name) { return aljibe::Result<std::string>(name); };
  const auto first = aljibe::config::read(yaml, "aljibe.yaml", resolve);
  const auto second = aljibe::config::read(yaml, "aljibe.yaml", resolve);
  if (first.settings.has_value() == !first.problems.empty()) std::abort();
  if (first.problems.size() != second.problems.size()) std::abort();
  for (std::size_t i = 0; i < first.problems.size(); ++i) {
    if (first.problems[i].message() != second.problems[i].message()) std::abort();
  }
  return 0;
}
