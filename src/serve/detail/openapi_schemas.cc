#include "serve/detail/openapi_schemas.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aljibe::serve::detail {
namespace {

/// "decimal(7,2). Primary key. References categories.id." and whatever the database says of the column.
std::string describe(const model::Catalogue& visible, const model::Table& table, std::size_t index) {
  const auto& column = table.columns[index];
  std::string text = to_text(column.type) + ".";
  if (std::ranges::find(table.primary_key, index) != table.primary_key.end()) text += " Primary key.";
  if (column.has_default) text += " Has a default.";
  for (const auto& key : table.foreign_keys) {
    if (key.columns.size() != 1 || key.columns[0] != column.name || visible.find(key.table) == nullptr) continue;
    text += " References " + key.table + (key.target_columns.empty() ? std::string() : "." + key.target_columns[0]) + ".";
  }
  if (!column.comment.empty()) text += " " + column.comment;
  return text;
}

void write_properties(JsonText& json, const model::Catalogue& visible, const model::Table& table) {
  json.member("type", "object").key("properties").open('{');
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    json.key(table.columns[i].name).open('{').member("description", describe(visible, table, i));
    write_type(json, table.columns[i]);
    json.close('}');
  }
  json.close('}');
}

/// An integer key that stands alone may be the rowid, which SQLite gives out itself.
bool is_given_out(const model::Table& table, std::size_t index) {
  return table.has_rowid && table.primary_key.size() == 1 && table.primary_key[0] == index && table.columns[index].type.kind == model::Kind::integer;
}

/// The columns that a row must have, as it is read or sent.
void write_required(JsonText& json, const model::Table& table, Verb verb) {
  json.key("required").open('[');
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    const bool is_filled_in = verb != Verb::read && (column.has_default || is_given_out(table, i));
    if (!column.nullable && !is_filled_in) json.text(column.name);
  }
  json.close(']');
}

}  // namespace

std::string row_schema(const model::Table& table, Verb verb) {
  const auto name = component_name(table.name);
  if (verb == Verb::insert || verb == Verb::put) return name + ".insert";
  return verb == Verb::update ? name + ".update" : name;
}

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
  if (type.empty() || !column.is_typed) return;  // any value
  json.key("type");
  if (column.nullable) {
    json.open('[').text(type).text("null").close(']');
  } else {
    json.text(type);
  }
  if (!format.empty()) json.member("format", format);
}

void write_schemas(JsonText& json, const model::Catalogue& visible, const Described& described) {
  const auto& table = described.table;
  // What a change returns is a row as it is read, so this one is always there.
  json.key(row_schema(table, Verb::read)).open('{').member("description", "A row of " + table.name + ", when select does not say otherwise.");
  write_properties(json, visible, table);
  write_required(json, table, Verb::read);
  json.close('}');
  if (described.may(Verb::update)) {
    json.key(row_schema(table, Verb::update)).open('{').member("description", "Columns of " + table.name + " and what they become.");
    write_properties(json, visible, described.updated);
    json.close('}');
  }
  if (described.may(Verb::insert)) {
    json.key(row_schema(table, Verb::insert)).open('{').member("description", "A new row of " + table.name + ". What is left out is null, or its default under `Prefer: missing=default`.");
    write_properties(json, visible, described.inserted);
    write_required(json, described.inserted, Verb::insert);
    json.close('}');
  }
}

void write_error_schema(JsonText& json) {
  json.key(error_schema).open('{').member("type", "object").key("properties").open('{');
  constexpr auto members = std::to_array<std::tuple<std::string_view, bool, std::string_view>>(
      {{"code", false, "Stable: what programs look at."},
       {"message", false, "One sentence for a person."},
       {"details", true, "What it was about."},
       {"hint", true, "What to do."}});
  for (const auto& [name, nullable, description] : members) {
    json.key(name).open('{').member("description", description).key("type");
    if (nullable) {
      json.open('[').text("string").text("null").close(']');
    } else {
      json.text("string");
    }
    json.close('}');
  }
  json.close('}').key("required").open('[').text("code").text("message").text("details").text("hint").close(']').close('}');
}

}  // namespace aljibe::serve::detail
