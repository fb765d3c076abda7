// Whatever the bytes: no crash, and the canonical form of a query that parses is a fixed point.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "query/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aljibe;
  const Limits limits;
  const std::string_view url(reinterpret_cast<const char*>(data), size);
  const auto query = query::parse(url, limits);
  if (!query) return 0;
  const auto once = query::canonical(*query);
  const auto again = query::parse(once, limits);
  ALJ_ASSERT(again);
  ALJ_ASSERT(query::canonical(*again) == once);
  return 0;
}
