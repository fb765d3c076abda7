// A column, or a place inside it.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

std::string name_of(const Scope& scope) { return "t" + std::to_string(scope.alias) + "."; }

std::string json_path(const query::JsonPath& path) {
  std::string text = "$";
  for (const auto& [key, is_index] : path.steps) {
    if (is_index) {
      text += key.starts_with('-') ? "[#" + key + "]" : "[" + key + "]";
    } else {
      text += ".\"" + key + "\"";
    }
  }
  return text;
}

}  // namespace

std::string SqlWriter::column(const Scope& scope, std::size_t index) {
  if (index != query::rowid_column) return name_of(scope) + identifier(scope.read->table->columns[index].name);
  return name_of(scope) + rowid_name(*scope.read->table);
}

/// A column, or what stands at a place inside it as PostgreSQL's arrows give it: text that is no JSON holds nothing.
void SqlWriter::field(const Scope& scope, std::size_t index, const query::JsonPath& path) {
  const auto name = column(scope, index);
  if (path.is_empty()) return put(name);
  // SQLite's paths have no escape for a quote inside a key.
  const bool has_quote = std::ranges::any_of(path.steps, [](const auto& step) { return step.key.contains('"'); });
  if (has_quote) unsupported_ = "A JSON key with a quote in it cannot be looked for by SQLite";
  const auto place = json_path(path);
  const auto with_place = [&](std::string_view before) {
    put(before);
    parameter(place);
  };
  put("CASE WHEN NOT json_valid(" + name + ") THEN NULL");
  if (path.last == query::JsonPath::Arrow::text) {
    // ->> of SQLite gives numbers for numbers and 1 for true; the dialect gives their text.
    with_place(" WHEN json_type(" + name + ",");
    with_place(")='text' THEN " + name + "->>");
    with_place(" WHEN json_type(" + name + ",");
    put(")='null' THEN NULL");
  }
  with_place(" ELSE " + name + "->");
  put(" END");
}

bool SqlWriter::is_json(const Scope& scope, std::size_t index, const query::JsonPath& path) {
  if (!path.is_empty()) return path.last == query::JsonPath::Arrow::json;
  return index != query::rowid_column && scope.read->table->columns[index].type.kind == model::Kind::json;
}

void SqlWriter::sortable(const Scope& scope, std::size_t index, const query::JsonPath& path) {
  const bool is_keyed = is_json(scope, index, path);
  put(is_keyed ? "aljibe_json_key(" : "");
  field(scope, index, path);
  put(is_keyed ? ")" : "");
}

}  // namespace aljibe::store::sqlite
