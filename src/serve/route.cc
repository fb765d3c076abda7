#include "serve/route.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/percent.h"

namespace aljibe::serve {
namespace {

constexpr auto fixed = std::to_array<std::pair<std::string_view, Resource>>({
    {"/", Resource::home}, {"/rest/v1", Resource::data_root}, {"/rest/v1/", Resource::data_root}, {"/docs", Resource::docs},
    {"/openapi.json", Resource::openapi}, {"/health/live", Resource::live}, {"/health/ready", Resource::ready},
    {"/metrics", Resource::metrics}});

/// The name that one path segment holds; nothing when it is not a plain name.
std::optional<std::string> segment_name(std::string_view segment) {
  auto name = percent_decode(segment);
  if (!name || name->empty() || *name == "." || *name == "..") return std::nullopt;
  const bool is_plain = std::ranges::none_of(*name, [](char letter) {
    return letter == '/' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
  });
  return is_plain ? std::move(name) : std::nullopt;
}

}  // namespace

bool is_data_path(std::string_view path) { return path == "/rest/v1" || path.starts_with(data_prefix); }

Result<Route> route(std::string_view path) {
  for (const auto& [text, resource] : fixed) {
    if (path == text) return Route{.resource = resource};
  }
  if (path.starts_with(data_prefix)) {
    const auto rest = path.substr(data_prefix.size());
    if (rest.starts_with("rpc/")) return fail(Code::function_unknown, "Functions are not served.");
    if (auto name = segment_name(rest)) return Route{.resource = Resource::table, .table = std::move(*name)};
  }
  return fail(Code::route_unknown, "Invalid path specified in request URL");
}

}  // namespace aljibe::serve
