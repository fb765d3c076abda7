// What leaves. The top of the statement gives columns, which are written as the response wants them; whatever is embedded
// becomes JSON text on the way, by functions of ours that write it just as the top is written:
//
//   aljibe_object(?writer, v1, v2 …)    {"a":v1,"b":v2}
//   aljibe_members(?writer, v1, v2 …)   ,"a":v1,"b":v2      parts of an object that has more columns than a call may have
//   aljibe_braces(members)              {…}
//   aljibe_value(?writer, v)            v
//   aljibe_array(text)                  [text,text …]       an aggregate; [] of no rows
#include <algorithm>

#include "query/operators.h"
#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

using model::Kind;
using query::Aggregate;

/// SQLite's functions take at most 127 arguments.
constexpr std::size_t arguments_max = 100;

const Scope& scope_of(const Scope& scope, const query::Leaf& leaf) {
  const auto* at = &scope;
  for (const auto embed : leaf.way) at = &at->joined[embed];
  return *at;
}

}  // namespace

void SqlWriter::plain(const Scope& scope, const query::Output& output) {
  const auto& path = output.path;
  const auto kind = path.is_empty() ? scope.read->table->columns[output.column].type.kind : Kind::text;
  const auto wrapped = [&](std::string_view before, std::string_view behind) {
    put(before);
    field(scope, output.column, path);
    put(behind);
  };
  const bool is_json = output.cast ? output.cast->kind == Kind::json : path.is_empty() && kind == Kind::json;
  if (is_json) {
    // Whatever is stored, what leaves is JSON text.
    wrapped("CASE WHEN json_valid(", ")");
    wrapped(" THEN json(", ")");
    wrapped(" WHEN ", " IS NOT NULL");
    wrapped(" THEN json_quote(CAST(", " AS TEXT)) END");
  } else if (output.cast && output.cast->kind == Kind::integer && kind == Kind::text) {
    wrapped("CAST(aljibe_integer(", ") AS INTEGER)");
  } else if (output.cast && output.cast->kind == Kind::integer && kind == Kind::real) {
    wrapped("CAST(aljibe_nearest(", ") AS INTEGER)");
  } else if (output.cast && output.cast->kind == Kind::integer && kind != Kind::integer) {
    wrapped("CAST(round(", ") AS INTEGER)");
  } else if (output.cast && (output.cast->kind == Kind::real || output.cast->kind == Kind::decimal) && kind != Kind::decimal) {
    wrapped("CAST(aljibe_number(", output.cast->kind == Kind::real ? ") AS REAL)" : ") AS NUMERIC)");
  } else if (output.cast && output.cast->kind == Kind::date && kind != Kind::date) {
    wrapped("date(", ")");
  } else {
    wrapped("", "");
  }
}

/// What comes through spread embeds is there only when all of these are.
Result<void> SqlWriter::way(const Scope& scope, const query::Leaf& leaf) {
  const auto* at = &scope;
  for (std::size_t i = 0; i < leaf.way.size(); ++i) {
    if (i > 0) put(" AND ");
    const auto& joined = at->joined[leaf.way[i]];
    ALJ_TRY(presence(joined, at->read->embeds[leaf.way[i]]));
    at = &joined;
  }
  return {};
}

Result<void> SqlWriter::value(const Scope& scope, const query::Output& output) {
  ALJ_TRY(check_size());
  const auto leaf = query::leaf_of(*scope.read, output);
  if (leaf.output->aggregate != Aggregate::none) return aggregate(scope, leaf);
  if (!leaf.way.empty()) {
    put("CASE WHEN ");
    ALJ_TRY(way(scope, leaf));
    put(" THEN ");
  }
  if (leaf.output->embed) {
    ALJ_TRY(embedded(scope_of(scope, leaf), *leaf.output));
  } else {
    plain(scope_of(scope, leaf), *leaf.output);
  }
  put(leaf.way.empty() ? "" : " END");
  return {};
}

Result<void> SqlWriter::aggregate(const Scope& scope, const query::Leaf& leaf) {
  const auto& output = *leaf.output;
  const auto& at = scope_of(scope, leaf);
  const auto is_row = output.column == query::every_row;
  auto argument = output;
  argument.aggregate = Aggregate::none;
  argument.aggregate_cast.reset();
  const auto type = is_row ? model::Type{.kind = Kind::integer} : query::type_of(*leaf.read, argument);
  const bool is_rounded = output.aggregate == Aggregate::sum && type.kind == Kind::decimal && type.precision > 0;  // sums of doubles drift
  const auto cast = output.aggregate_cast ? output.aggregate_cast->kind : Kind::text;
  if (cast == Kind::integer) put(type.kind == Kind::real ? "CAST(aljibe_nearest(" : "CAST(round(");
  if (cast == Kind::real || cast == Kind::decimal) put("CAST(");
  put(is_rounded ? "round(" : "");
  put(query::word_of(output.aggregate));
  put("(");
  if (!leaf.way.empty()) {
    put("CASE WHEN ");
    ALJ_TRY(way(scope, leaf));
    put(" THEN ");
  }
  if (is_row) {
    put(leaf.way.empty() ? "*" : "1");
  } else {
    plain(at, output);
  }
  put(leaf.way.empty() ? ")" : " END)");
  if (is_rounded) put("," + std::to_string(type.scale) + ")");
  if (cast == Kind::integer) put(") AS INTEGER)");
  if (cast == Kind::real) put(" AS REAL)");
  if (cast == Kind::decimal) put(" AS NUMERIC)");
  return {};
}

Result<void> SqlWriter::embedded(const Scope& scope, const query::Output& output) {
  const auto& embed = scope.read->embeds[*output.embed];
  if (embed.spread == query::Spread::yes) return array(embed, scope, output.inner);
  if (!embed.is_joined()) return array(embed, scope, std::nullopt);
  const auto& joined = scope.joined[*output.embed];
  put("CASE WHEN ");
  ALJ_TRY(presence(joined, embed));
  put(" THEN ");
  ALJ_TRY(object(joined));
  put(" END");
  return {};
}

/// All rows of an embed: whole, or one of their outputs. An aggregate of a single row is no array.
Result<void> SqlWriter::array(const query::Embed& embed, const Scope& parent, std::optional<std::size_t> output) {
  const bool is_one = embed.relationship.cardinality == query::Relationship::Cardinality::to_one;
  put(is_one ? "(SELECT " : "(SELECT aljibe_array(o) FROM (SELECT ");
  const auto scope = open(embed.read);
  if (output) {
    put("aljibe_value(");
    writer(embed.read, *output, *output + 1);
    put(",");
    ALJ_TRY(value(scope, embed.read.outputs[*output]));
    put(")");
  } else {
    ALJ_TRY(object(scope));
  }
  put(is_one ? "" : " AS o");
  ALJ_TRY(related(embed, parent, scope, Joins::all));
  ALJ_TRY(grouping(scope));
  ALJ_TRY(order(scope));
  limit(embed.read, 0);
  put(is_one ? ")" : "))");
  return {};
}

void SqlWriter::writer(const query::Read& read, std::size_t from, std::size_t to) {
  sql_.writers.push_back(std::make_unique<const RowWriter>(read, Shape{.nulls = shape_.nulls}, from, to));
  parameter(sql_.writers.back().get());
}

Result<void> SqlWriter::members(const Scope& scope, std::size_t from, std::size_t to) {
  writer(*scope.read, from, to);
  for (std::size_t i = from; i < to; ++i) {
    put(",");
    ALJ_TRY(value(scope, scope.read->outputs[i]));
  }
  put(")");
  return {};
}

Result<void> SqlWriter::object(const Scope& scope) {
  const auto count = scope.read->outputs.size();
  if (count <= arguments_max) {
    put("aljibe_object(");
    return members(scope, 0, count);
  }
  put("aljibe_braces(");
  for (std::size_t from = 0; from < count; from += arguments_max) {
    put(from == 0 ? "aljibe_members(" : "||aljibe_members(");
    ALJ_TRY(members(scope, from, std::min(from + arguments_max, count)));
  }
  put(")");
  return {};
}

/// One row for each value of the outputs that are no aggregates.
Result<void> SqlWriter::grouping(const Scope& scope) {
  if (!scope.read->is_grouped) return {};
  bool any = false;
  for (const auto& output : scope.read->outputs) {
    if (query::leaf_of(*scope.read, output).output->aggregate != Aggregate::none) continue;
    put(any ? "," : " GROUP BY ");
    any = true;
    ALJ_TRY(value(scope, output));
  }
  return {};
}

}  // namespace aljibe::store::sqlite
