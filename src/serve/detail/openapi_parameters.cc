#include "serve/detail/openapi_parameters.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>

#include "base/text.h"
#include "serve/prefer.h"

namespace aljibe::serve::detail {
namespace {

enum class Shape : std::uint8_t { text, count, key };

struct Parameter {
  std::string_view name;
  std::string_view component;
  std::string_view place;  // query, header
  Shape shape;
  std::initializer_list<Verb> verbs;
  std::string_view description;
};

constexpr auto on_every = {Verb::read, Verb::insert, Verb::put, Verb::update, Verb::remove};
constexpr auto on_read = {Verb::read};
constexpr auto on_insert = {Verb::insert};
constexpr auto on_body = {Verb::insert, Verb::put, Verb::update};
constexpr auto on_filter = {Verb::read, Verb::update, Verb::remove};
constexpr auto on_present = {Verb::put, Verb::update, Verb::remove};
constexpr auto on_order = {Verb::read, Verb::insert, Verb::update, Verb::remove};

const auto parameters = std::to_array<Parameter>({
    {"select", "select", "query", Shape::text, on_every,
     "What comes back: columns, separated by commas; `alias:column` renames, `column::type` casts. `table(column,…)` embeds related rows, `table!inner(…)` "
     "leaves out rows without any, `table!key(…)` chooses a relationship, `...table(column)` spreads. `count()`, `price.avg()`, `.sum()`, `.min()`, `.max()` "
     "aggregate where that is allowed, grouped by all else. A change returns rows under `Prefer: return=representation`."},
    {"order", "order", "query", Shape::text, on_order,
     "`column.asc`, `column.desc`, with `.nullsfirst` or `.nullslast`, separated by commas; `table(column)` for a related row. `table.order` orders embedded rows."},
    {"limit", "limit", "query", Shape::count, on_filter, "At most so many rows. `table.limit` is for each row's embedded ones."},
    {"offset", "offset", "query", Shape::count, on_filter, "Skip so many rows. For deep pages of a read follow `Link: rel=\"next\"` instead."},
    {"after", "after", "query", Shape::text, on_read, "Cursor from `Link: rel=\"next\"`: the page after it, at the cost of the first one."},
    {"and", "and", "query", Shape::text, on_filter, "A tree of conditions: `(price.lt.10,or(stars.gte.4.5,reviews.gt.100))`."},
    {"or", "or", "query", Shape::text, on_filter, "A tree of conditions of which one must hold: `(price.lt.10,stars.eq.5)`. `table.or` is about embedded rows."},
    {"columns", "columns", "query", Shape::text, on_body, "Members of the body that count, separated by commas; others are ignored."},
    {"on_conflict", "on_conflict", "query", Shape::text, on_insert, "Columns of the unique key that decides whether a row is there already; the primary key unless said. Together with `Prefer: resolution=…`."},
    {"Range", "range", "header", Shape::text, on_read, "`0-24`: the rows from and to, counted from 0; goes before limit and offset."},
    {"If-None-Match", "if_none_match", "header", Shape::text, on_read, "An ETag: 304 without a body when the answer is still the same."},
    {"If-Match", "if_match", "header", Shape::text, on_present, "ETags of a read of the same address: the change is made only when one is still right, 412 otherwise. `*`: when there is any row."},
    {"Idempotency-Key", "idempotency_key", "header", Shape::key, on_insert, "A text of the client's making. The same request with the same key is carried out once; its repeat gets the first answer, with `Idempotency-Replayed: true`."},
});

/// What the query string means itself; a column of such a name is filtered by its name in quotes.
constexpr auto reserved = std::to_array<std::string_view>({"select", "order", "limit", "offset", "after", "and", "or", "not", "columns", "on_conflict"});

bool is_for(const Parameter& parameter, Verb verb) { return std::ranges::find(parameter.verbs, verb) != parameter.verbs.end(); }

std::optional<query::Action> action_of(Verb verb) {
  switch (verb) {
    case Verb::read: return std::nullopt;
    case Verb::insert: return query::Action::insert;
    case Verb::put: return query::Action::put;
    case Verb::update: return query::Action::update;
    case Verb::remove: return query::Action::remove;
  }
  return std::nullopt;
}

void write_schema(JsonText& json, Shape shape) {
  json.key("schema").open('{').member("type", shape == Shape::count ? "integer" : "string");
  if (shape == Shape::count) json.key("minimum").number(0);
  if (shape == Shape::key) json.key("minLength").number(1).key("maxLength").number(255);
  json.close('}');
}

std::string prefer_component(Verb verb) { return "prefer." + std::string(name_of(verb)); }

/// The header is a list, so it is described as one: every word that counts here, and for max-affected the shape of one.
void write_prefer(JsonText& json, Verb verb) {
  constexpr std::string_view description =
      "What is wanted, separated by commas; what was heeded comes back in Preference-Applied. Without `return` a change returns no rows, without `count` nothing "
      "is counted. `tx=rollback` tries a change out. `handling=strict` refuses what is not known, and lets `max-affected` bound a change.";
  const auto words = preference_words(action_of(verb));
  const auto numbered = std::ranges::find_if(words, [](std::string_view word) { return word.ends_with('='); });
  json.key(prefer_component(verb)).open('{').member("name", "Prefer").member("in", "header").member("description", description);
  json.key("schema").open('{').member("type", "array").key("items").open('{');
  if (numbered != words.end()) json.key("anyOf").open('[').open('{');
  json.member("type", "string").key("enum").open('[');
  for (const auto word : words) {
    if (!word.ends_with('=')) json.text(word);
  }
  json.close(']');
  if (numbered != words.end()) {
    json.close('}').open('{').member("type", "string").member("pattern", "^" + std::string(*numbered) + "[0-9]+$").close('}').close(']');
  }
  json.close('}').close('}').close('}');
}

/// The column's name as a query string has it.
std::string filter_name(const std::string& column) {
  const bool is_plain = column.find_first_of(".\"\\") == std::string::npos && std::ranges::find(reserved, column) == reserved.end();
  return is_plain ? column : quoted(column);
}

std::string filter_component(const model::Table& table, const model::Column& column) {
  return component_name(table.name) + ".where." + component_name(column.name);
}

std::string describe_filter(const model::Table& table, std::size_t index) {
  const bool has_words = std::ranges::any_of(table.text_indexes, [&](const model::TextIndex& text) { return std::ranges::find(text.columns, index) != text.columns.end(); });
  const auto kind = table.columns[index].type.kind;
  std::string text = "A condition on `" + table.columns[index].name + "` (" + to_text(table.columns[index].type) + "), as `operator.value`: ";
  if (has_words) return text + "`fts.cat`, `wfts.fat cat`, `eq.…`, `ilike.*…*`.";
  if (kind == model::Kind::boolean) return text + "`is.true`, `is.false`, `is.null`.";
  if (kind == model::Kind::text || kind == model::Kind::json || kind == model::Kind::blob) return text + "`eq.…`, `ilike.*…*`, `in.(…)`, `is.null`.";
  return text + "`eq.…`, `gte.…`, `lt.…`, `in.(…)`, `is.null`.";
}

void write_reference(JsonText& json, std::string_view component) { json.open('{').member("$ref", reference("parameters", component)).close('}'); }

}  // namespace

void write_shared_parameters(JsonText& json, const std::vector<Verb>& verbs) {
  for (const auto& parameter : parameters) {
    if (!std::ranges::any_of(verbs, [&](Verb verb) { return is_for(parameter, verb); })) continue;
    json.key(parameter.component).open('{').member("name", parameter.name).member("in", parameter.place).member("description", parameter.description);
    write_schema(json, parameter.shape);
    json.close('}');
  }
  for (const auto verb : verbs) write_prefer(json, verb);
}

void write_filters(JsonText& json, const Described& described) {
  if (!std::ranges::any_of(described.verbs, has_filter)) return;
  const auto& table = described.table;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    json.key(filter_component(table, table.columns[i])).open('{').member("name", filter_name(table.columns[i].name)).member("in", "query");
    json.member("description", describe_filter(table, i));
    json.key("schema").open('{').member("type", "string").close('}').close('}');
  }
}

void write_parameter_references(JsonText& json, const model::Table& table, Verb verb) {
  for (std::size_t i = 0; has_filter(verb) && i < table.columns.size(); ++i) {
    const bool is_wanted = verb != Verb::put || std::ranges::find(table.primary_key, i) != table.primary_key.end();
    if (is_wanted) write_reference(json, filter_component(table, table.columns[i]));
  }
  for (const auto& parameter : parameters) {
    if (is_for(parameter, verb)) write_reference(json, parameter.component);
  }
  write_reference(json, prefer_component(verb));
}

}  // namespace aljibe::serve::detail
