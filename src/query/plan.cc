#include "query/plan.h"

namespace aljibe::query {
namespace {

using model::Kind;
using model::Type;

Type type_of_column(const model::Table& table, const Output& output) {
  if (output.cast) return *output.cast;
  if (output.path.is_empty()) return table.columns[output.column].type;
  return {.kind = output.path.last == JsonPath::Arrow::json ? Kind::json : Kind::text};
}

Type type_of_aggregate(const model::Table& table, const Output& output) {
  if (output.aggregate == Aggregate::count) return {.kind = Kind::integer};
  if (output.aggregate == Aggregate::avg) return {.kind = Kind::real};
  return type_of_column(table, output);
}

}  // namespace

Leaf leaf_of(const Read& read, const Output& output) {
  Leaf leaf{.read = &read, .output = &output};
  while (leaf.output->embed) {
    const auto& embed = leaf.read->embeds[*leaf.output->embed];
    if (embed.spread == Spread::no || !embed.is_joined()) break;
    leaf.way.push_back(*leaf.output->embed);
    leaf.output = &embed.read.outputs[leaf.output->inner];
    leaf.read = &embed.read;
  }
  return leaf;
}

Type type_of(const Read& read, const Output& output) {
  const auto leaf = leaf_of(read, output);
  if (leaf.output->embed) return {.kind = Kind::json};
  if (leaf.output->aggregate_cast) return *leaf.output->aggregate_cast;
  if (leaf.output->aggregate != Aggregate::none) return type_of_aggregate(*leaf.read->table, *leaf.output);
  return type_of_column(*leaf.read->table, *leaf.output);
}

}  // namespace aljibe::query
