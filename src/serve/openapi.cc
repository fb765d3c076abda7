// The document, outside in:
//
//   info, servers, security, tags     one tag for each table
//   paths                             the tables, then the named endpoints            detail/openapi_paths.cc
//   components
//     schemas                         a row as it is read, sent anew, sent to change  detail/openapi_schemas.cc
//     parameters, headers             what requests and answers carry                 detail/openapi_parameters.cc
//     responses                       failures by verb and status, with their codes   detail/openapi_responses.cc
//
// Source: spec.openapis.org/oas/v3.1.0.
#include "serve/openapi.h"

#include <algorithm>
#include <utility>

#include "serve/detail/openapi_parameters.h"
#include "serve/detail/openapi_paths.h"
#include "serve/detail/openapi_responses.h"
#include "serve/detail/openapi_schemas.h"

namespace aljibe::serve {
namespace {

using detail::JsonText;

constexpr std::string_view introduction =
    "Tables as a REST API in the PostgREST dialect, each response from a cache that is never stale.\n\n"
    "Every column filters: `price=gt.5`. Operators are `eq` `neq` `gt` `gte` `lt` `lte` `like` `ilike` `match` `imatch` `in` `is` `isdistinct`, with "
    "`not.` in front of any, and `fts` `plfts` `phfts` `wfts` where words are indexed. `like(any).{a*,b*}` and `(all)` join values. A value with "
    "`, . : ( )` inside a list or tree stands in double quotes.\n\n"
    "`HEAD` answers as `GET` does, without the rows.";

void write_info(JsonText& json, std::string_view version) {
  json.key("info").open('{').member("title", "aljibe").member("version", version).member("description", introduction).close('}');
  json.key("servers").open('[').open('{').member("url", "/").member("description", "Where this description came from.").close('}').close(']');
}

/// Nobody has to say who he is, and whoever does may do more, or other things.
void write_security(JsonText& json, Tokens tokens) {
  json.key("security").open('[');
  if (tokens == Tokens::taken) {
    json.open('{').close('}');
    for (const auto* const scheme : {"token", "key"}) json.open('{').key(scheme).open('[').close(']').close('}');
  }
  json.close(']');
}

void write_security_schemes(JsonText& json) {
  json.key("securitySchemes").open('{');
  json.key("token").open('{').member("type", "http").member("scheme", "bearer").member("description", "A token of one of the issuers that are believed here, or a key.").close('}');
  json.key("key").open('{').member("type", "apiKey").member("in", "header").member("name", "apikey").member("description", "The same, where Authorization cannot be set.").close('}');
  json.close('}');
}

/// The tables of which something may be done, as far as the role may see them.
std::vector<detail::Described> describe(const model::Catalogue& catalogue, const Access& access, std::string_view role) {
  std::vector<detail::Described> all;
  for (const auto& table : catalogue.tables) {
    const auto with = [&](Deed deed) { return table.narrowed_to(columns_of(table, access, role, deed)); };
    // Who may only write knows of no other columns.
    const auto reading = access.may(Deed::read, table.name, role) ? Deed::read : access.may(Deed::insert, table.name, role) ? Deed::insert : Deed::update;
    detail::Described described{.table = with(reading), .verbs = detail::verbs_of(table, access, role), .inserted = with(Deed::insert), .updated = with(Deed::update)};
    if (!described.verbs.empty()) all.push_back(std::move(described));
  }
  return all;
}

void write_tags(JsonText& json, const model::Catalogue& visible, const std::vector<detail::Described>& tables) {
  json.key("tags").open('[');
  for (const auto& each : tables) {
    json.open('{').member("name", each.table.name).member("description", detail::describe_table(visible, each.table)).close('}');
  }
  json.close(']');
}

void write_components(JsonText& json, Tokens tokens, const model::Catalogue& visible, const std::vector<detail::Described>& tables) {
  const auto does = [&](detail::Verb verb) {
    return std::ranges::any_of(tables, [&](const detail::Described& each) { return each.may(verb); });
  };
  std::vector<detail::Verb> verbs;
  std::ranges::copy_if(detail::all_verbs, std::back_inserter(verbs), does);
  json.key("components").open('{');
  if (tokens == Tokens::taken) write_security_schemes(json);
  json.key("schemas").open('{');
  for (const auto& each : tables) detail::write_schemas(json, visible, each);
  if (!tables.empty()) detail::write_error_schema(json);
  json.close('}').key("parameters").open('{');
  detail::write_shared_parameters(json, verbs);
  for (const auto& each : tables) detail::write_filters(json, each);
  json.close('}').key("headers").open('{');
  detail::write_headers(json, tables);
  json.close('}').key("responses").open('{');
  for (const auto verb : verbs) detail::write_failures(json, verb, tables);
  json.close('}').close('}');
}

}  // namespace

std::string openapi(const model::Catalogue& catalogue, const Rules& rules, std::string_view role, std::string_view version, Tokens tokens) {
  const auto visible = shown(catalogue, rules.access, role);
  const auto tables = describe(catalogue, rules.access, role);
  JsonText json;
  json.open('{').member("openapi", "3.1.0");
  write_info(json, version);
  write_security(json, tokens);
  write_tags(json, visible, tables);
  json.key("paths").open('{');
  for (const auto& each : tables) detail::write_table_path(json, each, rules);
  detail::write_endpoint_paths(json, visible, rules);
  json.close('}');
  write_components(json, tokens, visible, tables);
  json.close('}');
  return json.take();
}

}  // namespace aljibe::serve
