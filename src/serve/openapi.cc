#include "serve/openapi.h"

#include <algorithm>
#include <array>
#include <utility>

#include "serve/detail/json_text.h"

namespace aljibe::serve {
namespace {

using detail::JsonText;

struct Parameter {
  std::string_view name;
  std::string_view place;  // query, header
  std::string_view type;
  std::string_view description;
};

/// What every table takes beside a filter for each of its columns; referred to as #/components/parameters/NAME.
constexpr auto parameters = std::to_array<Parameter>({
    {"select", "query", "string", "Columns, separated by commas; `alias:column` renames, `column::type` casts."},
    {"order", "query", "string", "`column.asc`, `column.desc`, with `.nullsfirst` or `.nullslast`, separated by commas."},
    {"limit", "query", "integer", "At most so many rows."},
    {"offset", "query", "integer", "Skip so many rows. For deep pages follow `Link: rel=\"next\"` instead."},
    {"after", "query", "string", "Cursor from `Link: rel=\"next\"`: the page after it, at the cost of the first one."},
    {"and", "query", "string", "A tree of conditions: `(price.lt.10,or(stars.gte.4.5,reviews.gt.100))`."},
    {"or", "query", "string", "A tree of conditions of which one must hold: `(price.lt.10,stars.eq.5)`."},
    {"Prefer", "header", "string", "`count=exact`, `count=planned`, `count=estimated`, `handling=strict`."},
    {"Range", "header", "string", "`0-24`: the rows from and to, counted from 0; goes before limit and offset."},
    {"If-None-Match", "header", "string", "An ETag: 304 without a body when the answer is still the same."},
});

void write_type(JsonText& json, const model::Column& column) {
  using model::Kind;
  std::string_view type = "string";
  std::string_view format;
  switch (column.type.kind) {
    case Kind::integer: type = "integer", format = "int64"; break;
    case Kind::decimal: type = "number"; break;
    case Kind::real: type = "number", format = "double"; break;
    case Kind::boolean: type = "boolean"; break;
    case Kind::date: format = "date"; break;
    case Kind::timestamp: format = "date-time"; break;
    case Kind::json: type = {}; break;
    case Kind::text:
    case Kind::blob: break;
  }
  if (type.empty()) return;  // json: any value
  json.key("type");
  if (column.nullable) {
    json.open('[').text(type).text("null").close(']');
  } else {
    json.text(type);
  }
  if (!format.empty()) json.member("format", format);
}

/// "decimal(7,2). Primary key. References categories.id." and whatever the database says of the column.
std::string describe(const model::Table& table, std::size_t index) {
  const auto& column = table.columns[index];
  std::string text = to_text(column.type) + ".";
  if (std::ranges::find(table.primary_key, index) != table.primary_key.end()) text += " Primary key.";
  for (const auto& key : table.foreign_keys) {
    if (key.columns.size() != 1 || key.columns[0] != column.name) continue;
    text += " References " + key.table + (key.target_columns.empty() ? std::string() : "." + key.target_columns[0]) + ".";
  }
  if (!column.comment.empty()) text += " " + column.comment;
  return text;
}

void write_schema(JsonText& json, const model::Table& table) {
  json.key(table.name).open('{').member("type", "object").key("properties").open('{');
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    json.key(table.columns[i].name).open('{').member("description", describe(table, i));
    write_type(json, table.columns[i]);
    json.close('}');
  }
  json.close('}').key("required").open('[');
  for (const auto& column : table.columns) {
    if (!column.nullable) json.text(column.name);
  }
  json.close(']').close('}');
}

void write_error_schema(JsonText& json) {
  json.key("error").open('{').member("type", "object").key("properties").open('{');
  constexpr auto members = std::to_array<std::pair<std::string_view, bool>>(
      {{"code", false}, {"message", false}, {"details", true}, {"hint", true}});
  for (const auto& [name, nullable] : members) {
    json.key(name).open('{').key("type");
    if (nullable) {
      json.open('[').text("string").text("null").close(']');
    } else {
      json.text("string");
    }
    json.close('}');
  }
  json.close('}').key("required").open('[').text("code").text("message").text("details").text("hint").close(']').close('}');
}

void write_shared_parameters(JsonText& json) {
  json.key("parameters").open('{');
  for (const auto& parameter : parameters) {
    json.key(parameter.name).open('{').member("name", parameter.name).member("in", parameter.place).member("description", parameter.description);
    json.key("schema").open('{').member("type", parameter.type);
    if (parameter.type == "integer") json.key("minimum").number(0);
    json.close('}').close('}');
  }
  json.close('}');
}

void write_shared_responses(JsonText& json) {
  constexpr auto responses = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"bad_request", "The query cannot be understood, or names what does not exist."},
      {"not_acceptable", "No accepted media type can be produced, or one row was asked for and there are more or none."},
      {"range_not_satisfiable", "The range begins after the last row."},
      {"unavailable", "Every queue is full, or the server is draining: try again after `Retry-After` seconds."},
  });
  json.key("responses").open('{');
  for (const auto& [name, description] : responses) {
    json.key(name).open('{').member("description", description).key("content").open('{').key("application/json").open('{').key("schema").open('{');
    json.member("$ref", "#/components/schemas/error").close('}').close('}').close('}').close('}');
  }
  json.close('}');
}

void write_rows(JsonText& json, const std::string& reference) {
  json.key("content").open('{').key("application/json").open('{').key("schema").open('{').member("type", "array").key("items").open('{');
  json.member("$ref", reference).close('}').close('}').close('}');
  json.key("application/vnd.pgrst.object+json").open('{').key("schema").open('{').member("$ref", reference).close('}').close('}');
  json.key("text/csv").open('{').key("schema").open('{').member("type", "string").close('}').close('}').close('}');
}

void write_headers(JsonText& json) {
  constexpr auto headers = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"ETag", "Strong; names these bytes."},
      {"Content-Range", "Which rows these are, and of how many when a count was asked for."},
      {"Cache-Status", "Whether the cache answered, and why not (RFC 9211)."},
      {"Link", "rel=\"next\": the page after this one."},
  });
  json.key("headers").open('{');
  for (const auto& [name, description] : headers) {
    json.key(name).open('{').member("description", description).key("schema").open('{').member("type", "string").close('}').close('}');
  }
  json.close('}');
}

void write_responses(JsonText& json, const std::string& reference) {
  json.key("responses").open('{');
  constexpr auto successes = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"200", "The rows."}, {"206", "A part of the rows; a count was asked for."}});
  for (const auto& [status, description] : successes) {
    json.key(status).open('{').member("description", description);
    write_headers(json);
    write_rows(json, reference);
    json.close('}');
  }
  json.key("304").open('{').member("description", "Still what If-None-Match names.").close('}');
  constexpr auto failures = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"400", "bad_request"}, {"406", "not_acceptable"}, {"416", "range_not_satisfiable"}, {"503", "unavailable"}});
  for (const auto& [status, name] : failures) {
    json.key(status).open('{').member("$ref", "#/components/responses/" + std::string(name)).close('}');
  }
  json.close('}');
}

void write_path(JsonText& json, const model::Table& table) {
  json.key("/rest/v1/" + table.name).open('{').key("get").open('{');
  json.member("summary", "Rows of " + table.name).member("operationId", "read_" + table.name);
  json.key("tags").open('[').text(table.name).close(']').key("parameters").open('[');
  for (const auto& column : table.columns) {
    json.open('{').member("name", column.name).member("in", "query");
    json.member("description", "`operator.value`, such as `eq.…`, `gt.…`, `in.(…)`, `is.null`, `not.eq.…`.");
    json.key("schema").open('{').member("type", "string").close('}').close('}');
  }
  for (const auto& parameter : parameters) json.open('{').member("$ref", "#/components/parameters/" + std::string(parameter.name)).close('}');
  json.close(']');
  write_responses(json, "#/components/schemas/" + table.name);
  json.close('}').close('}');
}

}  // namespace

std::string openapi(const model::Catalogue& catalogue, std::string_view version) {
  JsonText json;
  json.open('{').member("openapi", "3.1.0").key("info").open('{').member("title", "aljibe").member("version", version);
  json.member("description", "Tables as a REST API in the PostgREST dialect, each response from a cache that is never stale.").close('}');
  json.key("paths").open('{');
  for (const auto& table : catalogue.tables) write_path(json, table);
  json.close('}').key("components").open('{').key("schemas").open('{');
  for (const auto& table : catalogue.tables) write_schema(json, table);
  write_error_schema(json);
  json.close('}');
  write_shared_parameters(json);
  write_shared_responses(json);
  json.close('}').close('}');
  return json.take();
}

}  // namespace aljibe::serve
