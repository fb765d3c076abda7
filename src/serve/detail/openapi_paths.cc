#include "serve/detail/openapi_paths.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/percent.h"
#include "query/relationships.h"
#include "serve/detail/openapi_parameters.h"
#include "serve/detail/openapi_responses.h"
#include "serve/detail/openapi_schemas.h"
#include "serve/route.h"

namespace aljibe::serve::detail {
namespace {

std::string list_of(const model::Table& table, const std::vector<std::size_t>& columns) {
  std::string text;
  for (const auto column : columns) text += (text.empty() ? "`" : ", `") + table.columns[column].name + "`";
  return text;
}

/// Names under which something may be related to `table`: tables that its keys or the keys of others tie to it, also through
/// a third; and its own columns that point back to it.
std::set<std::string> related_names(const model::Catalogue& visible, const model::Table& table) {
  std::set<std::string> names;
  for (const auto& key : table.foreign_keys) {
    names.insert(key.table);
    if (key.table == table.name && key.columns.size() == 1) names.insert(key.columns[0]);
  }
  for (const auto& other : visible.tables) {
    if (std::ranges::find(other.foreign_keys, table.name, &model::ForeignKey::table) == other.foreign_keys.end()) continue;
    names.insert(other.name);
    for (const auto& key : other.foreign_keys) names.insert(key.table);
  }
  return names;
}

std::string describe_relationship(const query::Relationship& found, const model::Table& table, const std::string& name) {
  using Cardinality = query::Relationship::Cardinality;
  const auto call = "\n- `" + name + "(…)`: ";
  if (found.cardinality == Cardinality::to_one) return call + "the row of " + found.target->name + " for " + list_of(table, found.own) + ", or null";
  if (found.cardinality == Cardinality::to_many) return call + "the rows of " + found.target->name + " whose " + list_of(*found.target, found.theirs) + " points here";
  return call + "the rows of " + found.target->name + ", through " + found.junction->name;
}

std::string describe_relationships(const model::Catalogue& visible, const model::Table& table) {
  std::string text;
  for (const auto& name : related_names(visible, table)) {
    const auto found = query::find_relationship(visible, table, name, "");
    if (found) {
      text += describe_relationship(*found, table, name);
    } else if (found.error().code() == Code::relationship_ambiguous) {
      text += "\n- `" + name + "!…(…)`: several relationships; the key, column or table between chooses one";
    }
  }
  return text;
}

std::string summary_of(const model::Table& table, Verb verb) {
  switch (verb) {
    case Verb::read: return "Read rows of " + table.name;
    case Verb::insert: return "Insert rows into " + table.name;
    case Verb::put: return "Make or replace one row of " + table.name;
    case Verb::update: return "Change rows of " + table.name;
    case Verb::remove: return "Delete rows of " + table.name;
  }
  return {};
}

std::string describe(const Described& described, Verb verb, const Rules& rules) {
  std::string every = rules.allows_unfiltered_writes ? "Without a filter it is every row." : "A filter must say which rows.";
  switch (verb) {
    case Verb::read:
      return "Filters of related rows are written `table.column=operator.value`, where `table` is embedded by `select`.";
    case Verb::insert: return "One object, a list of objects, or CSV. All rows are made, or none. `Prefer: resolution=…` decides what becomes of those that are there.";
    case Verb::put: return "Filters by `eq` on each column of the primary key, and on nothing else; the body is the whole row, with the same key.";
    case Verb::update: {
      const auto& table = described.table;
      const std::string list = table.primary_key.empty() ? "" : " A list of objects changes, each, the row with its primary key.";
      return "One object of the columns to change. " + every + list;
    }
    case Verb::remove: return every;
  }
  return {};
}

void write_request_body(JsonText& json, const model::Table& table, Verb verb) {
  const auto row = reference("schemas", row_schema(table, verb));
  const bool may_be_list = verb != Verb::update || !table.primary_key.empty();
  json.key("requestBody").open('{').key("required").truth(true).key("content").open('{').key("application/json").open('{').key("schema").open('{');
  if (may_be_list) {
    json.key("oneOf").open('[').open('{').member("$ref", row).close('}');
    json.open('{').member("type", "array").key("items").open('{').member("$ref", row).close('}');
    if (verb == Verb::put) json.key("minItems").number(1).key("maxItems").number(1);
    json.close('}').close(']');
  } else {
    json.member("$ref", row);
  }
  json.close('}').close('}').key("text/csv").open('{').key("schema").open('{').member("type", "string");
  json.member("description", "The first line names columns; `NULL` without quotes is null.").close('}').close('}').close('}').close('}');
}

void write_tag(JsonText& json, const model::Table& table) { json.key("tags").open('[').text(table.name).close(']'); }

void write_operation(JsonText& json, const Described& described, Verb verb, const Rules& rules) {
  const auto& table = described.table;
  json.key(method_of(verb)).open('{').member("summary", summary_of(table, verb)).member("description", describe(described, verb, rules));
  json.member("operationId", std::string(name_of(verb)) + "_" + component_name(table.name));
  write_tag(json, table);
  json.key("parameters").open('[');
  write_parameter_references(json, table, verb);
  json.close(']');
  if (has_body(verb)) write_request_body(json, table, verb);
  write_responses(json, described, verb);
  json.close('}');
}

/// "/products/category/{}": two endpoints with the same are one path to OpenAPI, and the first is the one that answers.
std::string shape_of(std::string_view path) {
  std::string shape;
  bool is_inside = false;
  for (const char letter : path) {
    if (letter == '}') is_inside = false;
    if (!is_inside) shape += letter;
    if (letter == '{') is_inside = true;
  }
  return shape;
}

/// "endpoint_products_category_by_id": what generated clients call it.
std::string operation_id(std::string_view path) {
  std::string id = "endpoint";
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto segment = path.substr(0, path.find('/'));
    id += segment.starts_with('{') ? "_by_" + std::string(segment.substr(1, segment.size() - 2)) : "_" + component_name(segment);
    path.remove_prefix(segment.size());
  }
  return id;
}

/// A parameter has the type of the column that it is compared with.
void write_path_parameter(JsonText& json, const model::Table& table, const Endpoint::Parameter& parameter) {
  json.open('{').member("name", parameter.name).member("in", "path").key("required").truth(true);
  const auto column = table.find(parameter.filtered);
  const bool is_number = parameter.filtered == "limit" || parameter.filtered == "offset";
  json.member("description", is_number ? "The query's `" + parameter.filtered + "`." : "Compared with `" + parameter.filtered + "`.");
  json.key("schema").open('{');
  if (is_number) {
    json.member("type", "integer").key("minimum").number(0);
  } else if (column && table.columns[*column].type.kind != model::Kind::json) {
    auto value = table.columns[*column];
    value.nullable = false;  // a path cannot say null
    write_type(json, value);
  } else {
    json.member("type", "string");
  }
  json.close('}').close('}');
}

void write_endpoint(JsonText& json, const model::Table& table, const Endpoint& endpoint, std::string_view id) {
  const Described described{.table = table, .verbs = {Verb::read}, .inserted = {}, .updated = {}};
  json.key(endpoint.path()).open('{').key("get").open('{');
  json.member("summary", endpoint.summary().empty() ? "Rows of " + table.name : endpoint.summary());
  json.member("description", "A name for a query of " + table.name + ". Filters narrow it; select, order, limit and offset replace its own.");
  json.member("operationId", id);
  write_tag(json, table);
  json.key("parameters").open('[');
  for (const auto& parameter : endpoint.parameters()) write_path_parameter(json, table, parameter);
  write_parameter_references(json, table, Verb::read);
  json.close(']');
  write_responses(json, described, Verb::read);
  json.close('}').close('}');
}

}  // namespace

std::string describe_table(const model::Catalogue& visible, const model::Table& table) {
  std::string text = table.relation == model::Relation::view ? "A view." : "A table.";
  if (!table.primary_key.empty()) text += " Its primary key is " + list_of(table, table.primary_key) + ".";
  if (visible.find(table.name) == nullptr) return text;
  const auto relationships = describe_relationships(visible, table);
  return relationships.empty() ? text : text + " `select` can embed:\n" + relationships;
}

void write_table_path(JsonText& json, const Described& described, const Rules& rules) {
  json.key(std::string(data_prefix) + percent_encode(described.table.name)).open('{');
  for (const auto verb : described.verbs) write_operation(json, described, verb, rules);
  json.close('}');
}

void write_endpoint_paths(JsonText& json, const model::Catalogue& visible, const Rules& rules) {
  std::set<std::string> shapes;
  std::set<std::string> ids;
  for (const auto& endpoint : rules.endpoints) {
    const auto* const table = visible.find(endpoint.table());
    if (table == nullptr || !shapes.insert(shape_of(endpoint.path())).second) continue;
    auto id = operation_id(endpoint.path());
    while (!ids.insert(id).second) id += '_';  // "/a_b" and "/a/b"
    write_endpoint(json, *table, endpoint, id);
  }
}

}  // namespace aljibe::serve::detail
