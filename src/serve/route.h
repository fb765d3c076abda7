#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aljibe::serve {

enum class Resource : std::uint8_t { table, data_root, home, docs, openapi, live, ready, metrics };

struct Route {
  Resource resource = Resource::home;
  std::string table;  // decoded, for Resource::table
};

inline constexpr std::string_view data_prefix = "/rest/v1/";

/// Whether errors about this path are told in the dialect's form.
bool is_data_path(std::string_view path);

/// The resource that a path names, compared exactly: nothing after a name is ignored, so that no two spellings of a path
/// reach one response (cache.md trap 28).
/// Errors: route_unknown, also for dot segments, encoded slashes and broken escapes; function_unknown for /rpc/.
Result<Route> route(std::string_view path);

}  // namespace aljibe::serve
