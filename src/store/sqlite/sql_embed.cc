// Related rows. An embed of at most one row is joined, with its filters in ON, so that a row that they refuse is as one that is
// not there:
//
//   FROM products AS t0 LEFT JOIN categories AS t1 ON t1.id = t0.category_id AND (filters)
//
// A filter of a joined table that asks for rows of tables joined after it cannot stand in its ON; it counts wherever the
// presence of its row is asked for. Embeds of many rows are looked up where they are needed:
//
//   (SELECT aljibe_array(o) FROM (SELECT aljibe_object(?, …) AS o FROM reviews AS t2 WHERE t2.product = t0.id AND (filters) ORDER BY … LIMIT ?))
//   EXISTS (SELECT 1 FROM reviews AS t3 WHERE t3.product = t0.id AND (filters))
//
// The inner LIMIT keeps SQLite from merging the two SELECTs, which would lose the order.
#include <algorithm>

#include "store/sqlite/connection.h"
#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

using query::Condition;

/// Whether the condition asks for the row of an embed that is joined.
bool asks_joined(const Condition& condition, const query::Read& read) {
  if (condition.node == Condition::Node::embed_exists) return read.embeds[condition.column].is_joined();
  return std::ranges::any_of(condition.children, [&](const Condition& child) { return asks_joined(child, read); });
}

std::string table_as(const model::Table& table, std::size_t alias) { return identifier(table.name) + " AS t" + std::to_string(alias); }

}  // namespace

Scope SqlWriter::open(const query::Read& read) {
  Scope scope{.read = &read, .alias = aliases_++};
  for (const auto& embed : read.embeds) scope.joined.push_back(embed.is_joined() ? open(embed.read) : Scope());
  return scope;
}

void SqlWriter::matches(const std::vector<std::size_t>& left, const Scope& left_scope, const std::vector<std::size_t>& right, const Scope& right_scope) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    put(i == 0 ? "" : " AND ");
    put(column(left_scope, left[i]) + "=" + column(right_scope, right[i]));
  }
}

Result<void> SqlWriter::from(const Scope& scope, Joins joins) {
  put(" FROM " + table_as(*scope.read->table, scope.alias));
  if (joins == Joins::all || asks_joined(scope.read->condition, *scope.read)) return join_embeds(scope);
  return {};
}

Result<void> SqlWriter::join_embeds(const Scope& scope) {
  for (std::size_t i = 0; i < scope.joined.size(); ++i) {
    const auto& joined = scope.joined[i];
    if (joined.read == nullptr) continue;
    const auto& relationship = scope.read->embeds[i].relationship;
    put(" LEFT JOIN " + table_as(*joined.read->table, joined.alias) + " ON ");
    matches(relationship.theirs, joined, relationship.own, scope);
    for (const auto& child : joined.read->condition.children) {
      if (asks_joined(child, *joined.read)) continue;
      put(" AND ");
      ALJ_TRY(condition(joined, child));
    }
    ALJ_TRY(join_embeds(joined));
  }
  return {};
}

Result<void> SqlWriter::related(const query::Embed& embed, const Scope& parent, const Scope& scope, Joins joins) {
  const auto& relationship = embed.relationship;
  ALJ_TRY(from(scope, joins));
  if (relationship.junction != nullptr) {
    const query::Read between{.table = relationship.junction};
    const Scope junction{.read = &between, .alias = aliases_++};
    put(" JOIN " + table_as(*relationship.junction, junction.alias) + " ON ");
    matches(relationship.theirs, scope, relationship.far, junction);
    put(" WHERE ");
    matches(relationship.near, junction, relationship.own, parent);
  } else {
    put(" WHERE ");
    matches(relationship.theirs, scope, relationship.own, parent);
  }
  if (embed.read.condition.children.empty()) return {};
  put(" AND ");
  return condition(scope, embed.read.condition);
}

Result<void> SqlWriter::presence(const Scope& joined, const query::Embed& embed) {
  put(column(joined, embed.relationship.theirs[0]) + " IS NOT NULL");
  for (const auto& child : joined.read->condition.children) {
    if (!asks_joined(child, *joined.read)) continue;
    put(" AND (");
    ALJ_TRY(condition(joined, child));
    put(") IS TRUE");
  }
  return {};
}

Result<void> SqlWriter::exists(const Scope& parent, std::size_t index) {
  const auto& embed = parent.read->embeds[index];
  if (embed.is_joined()) return presence(parent.joined[index], embed);
  const auto negations = std::exchange(negations_, 0);
  put("EXISTS (SELECT 1");
  const auto scope = open(embed.read);
  ALJ_TRY(related(embed, parent, scope, Joins::needed));
  put(")");
  negations_ = negations;
  return {};
}

}  // namespace aljibe::store::sqlite
