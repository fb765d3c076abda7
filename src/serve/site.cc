#include "serve/site.h"

#include <array>
#include <utility>

#include "base/hash.h"
#include "base/percent.h"
#include "http/etag.h"
#include "serve/assets.h"
#include "serve/detail/json_text.h"

namespace aljibe::serve {
namespace {

constexpr auto places = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"docs", "/docs"}, {"openapi", "/openapi.json"}, {"metrics", "/metrics"}, {"live", "/health/live"}, {"ready", "/health/ready"}});

http::Response tagged(const http::Request& request, std::string fields, std::string body) {
  const auto etag = http::make_etag(hash128(body), http::Coding::identity);
  fields += "ETag: " + etag + "\r\nCache-Control: no-cache\r\nVary: Authorization, apikey, Accept\r\n";
  const auto known = request.find_all("if-none-match");
  if (known && http::names_weakly(*known, etag)) return {.prepared = http::prepare(304, std::move(fields), {})};
  return {.prepared = http::prepare(200, std::move(fields), std::move(body))};
}

}  // namespace

http::Response document(const http::Request& request, std::string_view type, std::string body) {
  return tagged(request, "Content-Type: " + std::string(type) + "\r\n", std::move(body));
}

http::Response web_page(const http::Request& request, std::string_view asset_name) {
  std::string fields = "Content-Type: text/html; charset=utf-8\r\n";
  fields += "Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'\r\n";
  auto response = tagged(request, std::move(fields), std::string(asset(asset_name)));
  response.is_page = true;
  return response;
}

std::string home_text(const model::Catalogue& catalogue, std::string_view version) {
  detail::JsonText json;
  json.open('{').member("name", "aljibe").member("version", version).key("links").open('{');
  for (const auto& [name, place] : places) json.member(name, place);
  json.close('}').key("tables").open('[');
  for (const auto& table : catalogue.tables) {
    json.open('{').member("name", table.name).member("href", "/rest/v1/" + percent_encode(table.name)).key("columns").open('[');
    for (const auto& column : table.columns) json.text(column.name);
    json.close(']').close('}');
  }
  json.close(']').close('}');
  return json.take();
}

}  // namespace aljibe::serve
