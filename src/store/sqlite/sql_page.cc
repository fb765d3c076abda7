// Which part: order, limit, and where the page before ended.
#include <charconv>

#include "store/sqlite/sql_writer.h"

namespace aljibe::store::sqlite {
namespace {

using query::Direction;
using query::Nulls;

bool is_nullable(const query::Read& read, const query::Ordering& ordering) {
  if (ordering.embed || ordering.output || !ordering.path.is_empty()) return true;
  return ordering.column != query::rowid_column && read.table->columns[ordering.column].nullable;
}

}  // namespace

void SqlWriter::cursor_value(const query::CursorValue& value) {
  using Tag = query::CursorValue::Tag;
  const auto number = [&value]<class Number>(Number parsed) {
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), parsed);
    return parsed;
  };
  switch (value.tag) {
    case Tag::null: return parameter(std::monostate());
    case Tag::integer: return parameter(number(std::int64_t{0}));
    case Tag::real: return parameter(number(0.0));
    case Tag::text: return parameter(std::string_view(value.text));
    case Tag::blob: return parameter(Blob{value.text});
  }
}

/// The part of the keyset condition that says "later than the cursor in the column at `place`"; false when nothing is.
Result<bool> SqlWriter::strictly_after(const Scope& scope, std::size_t place) {
  const auto& ordering = plan_.order[place];
  const auto& last = (*plan_.after)[place];
  if (last.tag == query::CursorValue::Tag::null) {
    if (ordering.nulls == Nulls::last) return false;
    ALJ_TRY(this->place(scope, ordering));
    put(" IS NOT NULL");
    return true;
  }
  const bool nulls_follow = is_nullable(plan_, ordering) && ordering.nulls == Nulls::last;
  put(nulls_follow ? "(" : "");
  ALJ_TRY(this->place(scope, ordering));
  put(ordering.direction == Direction::ascending ? ">" : "<");
  cursor_value(last);
  if (nulls_follow) {
    put(" OR ");
    ALJ_TRY(this->place(scope, ordering));
    put(" IS NULL)");
  }
  return true;
}

/// (a after) OR (a same AND b after) OR …
Result<void> SqlWriter::after(const Scope& scope) {
  put("(");
  bool any = false;
  for (std::size_t place = 0; place < plan_.order.size(); ++place) {
    const auto mark = std::pair(sql_.text.size(), sql_.parameters.size());
    put(any ? " OR (" : "(");
    for (std::size_t before = 0; before < place; ++before) {
      ALJ_TRY(this->place(scope, plan_.order[before]));
      put(" IS ");
      cursor_value((*plan_.after)[before]);
      put(" AND ");
    }
    if (ALJ_TRY(strictly_after(scope, place))) {
      put(")");
      any = true;
    } else {
      sql_.text.resize(mark.first);
      sql_.parameters.resize(mark.second);
    }
  }
  put(any ? ")" : "0)");
  return {};
}

/// What is ordered by.
Result<void> SqlWriter::place(const Scope& scope, const query::Ordering& ordering) {
  if (ordering.output) return value(scope, scope.read->outputs[*ordering.output]);
  if (!ordering.embed) {
    sortable(scope, ordering.column, ordering.path);
    return {};
  }
  const auto& embed = scope.read->embeds[*ordering.embed];
  const auto& joined = scope.joined[*ordering.embed];
  put("CASE WHEN ");
  ALJ_TRY(presence(joined, embed));
  put(" THEN ");
  sortable(joined, ordering.column, ordering.path);
  put(" END");
  return {};
}

Result<void> SqlWriter::order(const Scope& scope) {
  for (std::size_t i = 0; i < scope.read->order.size(); ++i) {
    const auto& ordering = scope.read->order[i];
    put(i == 0 ? " ORDER BY " : ",");
    ALJ_TRY(place(scope, ordering));
    if (ordering.direction == Direction::descending) put(" DESC");
    // Said only where it matters: NULLS LAST keeps SQLite from walking an index.
    if (is_nullable(*scope.read, ordering)) put(ordering.nulls == Nulls::first ? " NULLS FIRST" : " NULLS LAST");
  }
  return {};
}

void SqlWriter::limit(const query::Read& read, std::uint64_t more) {
  put(" LIMIT ");
  parameter(read.limit ? static_cast<std::int64_t>(*read.limit + more) : std::int64_t{-1});
  if (read.offset == 0) return;
  put(" OFFSET ");
  parameter(static_cast<std::int64_t>(read.offset));
}

}  // namespace aljibe::store::sqlite
