#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "query/plan.h"
#include "query/text_search.h"
#include "store/sqlite/write_sql.h"

namespace aljibe::store::sqlite {

/// A table in a FROM clause, and those that are joined to it.
struct Scope {
  const query::Read* read = nullptr;
  std::size_t alias = 0;      // t0, t1 …: one for each table of the statement
  std::vector<Scope> joined;  // one for each embed of the read; without a read when it is not joined
};

/// Whether a FROM clause needs the embeds that are joined.
enum class Joins : std::uint8_t { all, needed };

/// Writes one statement from a plan. Every value is a bound parameter; the only text that comes from outside is the names of
/// tables and columns, which the catalogue vouches for, quoted. The parts are in sql_field.cc, sql_filter.cc,
/// sql_text_search.cc, sql_page.cc, sql_embed.cc and sql_output.cc.
class SqlWriter {
 public:
  SqlWriter(const query::Plan& plan, const Shape& shape) : plan_(plan), shape_(shape) {}

  Result<Sql> page();
  Result<Sql> identities();
  Result<Sql> count(std::optional<std::int64_t> rows_max);

 private:
  void put(std::string_view text) { sql_.text += text; }
  void parameter(Parameter value) {
    sql_.parameters.push_back(std::move(value));
    put("?");
  }
  Result<Sql> finished();
  /// Whether nested questions have made the statement larger than any URL that means well can.
  [[nodiscard]] Result<void> check_size() const;

  // Columns.
  static std::string column(const Scope& scope, std::size_t index);
  void field(const Scope& scope, std::size_t index, const query::JsonPath& path);
  /// Whether it holds JSON, which compares by its meaning and not by its text.
  static bool is_json(const Scope& scope, std::size_t index, const query::JsonPath& path);
  /// The same in the form that compares and sorts.
  void sortable(const Scope& scope, std::size_t index, const query::JsonPath& path);

  // Filters.
  /// Calls `one` for each index of [from, to) with `sign` between, in parentheses that keep the tree of a long chain flat:
  /// SQLite allows a depth of 1000.
  template <class One>
  Result<void> join(std::size_t from, std::size_t to, std::string_view sign, const One& one);
  Result<void> condition(const Scope& scope, const query::Condition& condition);
  Result<void> group(const Scope& scope, const query::Condition& condition);
  Result<void> comparison(const Scope& scope, const query::Condition& condition);
  Result<void> one_operand(const Scope& scope, const query::Condition& condition, std::string_view operand);
  void is(const Scope& scope, const query::Condition& condition);
  Result<void> in(const Scope& scope, const query::Condition& condition);
  void value(const model::Column& column, std::string_view text);
  /// What a value of JSON is compared with. Errors: value_invalid.
  Result<void> json_value(std::string_view text);
  Result<void> compare_time(const Scope& scope, const query::Condition& condition, std::string_view operand);
  Result<void> time_in(const Scope& scope, const query::Condition& condition);
  Result<void> compare(const Scope& scope, const query::Condition& condition, std::string_view sign, std::string_view operand);

  // Text search.
  Result<void> text_search(const Scope& scope, const query::Condition& condition);
  void text_node(const Scope& scope, const model::TextIndex& index, std::string_view column, const query::TextSearch& node);

  // Paging.
  void cursor_value(const query::CursorValue& value);
  Result<void> after(const Scope& scope);
  Result<bool> strictly_after(const Scope& scope, std::size_t place);
  Result<void> place(const Scope& scope, const query::Ordering& ordering);
  Result<void> order(const Scope& scope);
  void limit(const query::Read& read, std::uint64_t more);

  // Tables, joined or looked into.
  Scope open(const query::Read& read);
  Result<void> from(const Scope& scope, Joins joins);
  Result<void> join_embeds(const Scope& scope);
  void matches(const std::vector<std::size_t>& left, const Scope& left_scope, const std::vector<std::size_t>& right, const Scope& right_scope);
  /// FROM … WHERE … of the rows that belong to the parent's.
  Result<void> related(const query::Embed& embed, const Scope& parent, const Scope& scope, Joins joins);
  /// Whether a joined embed has its row.
  Result<void> presence(const Scope& joined, const query::Embed& embed);
  Result<void> exists(const Scope& parent, std::size_t embed);

  // What leaves.
  Result<void> value(const Scope& scope, const query::Output& output);
  Result<void> way(const Scope& scope, const query::Leaf& leaf);
  Result<void> aggregate(const Scope& scope, const query::Leaf& leaf);
  void plain(const Scope& scope, const query::Output& output);
  Result<void> embedded(const Scope& scope, const query::Output& output);
  Result<void> array(const query::Embed& embed, const Scope& parent, std::optional<std::size_t> output);
  void writer(const query::Read& read, std::size_t from, std::size_t to);
  Result<void> members(const Scope& scope, std::size_t from, std::size_t to);
  Result<void> object(const Scope& scope);
  Result<void> grouping(const Scope& scope);

  const query::Plan& plan_;
  const Shape shape_;
  Sql sql_;
  std::size_t aliases_ = 0;
  std::size_t negations_ = 0;     // around the condition that is being written
  std::string_view unsupported_;  // what this engine cannot say
};

template <class One>
Result<void> SqlWriter::join(std::size_t from, std::size_t to, std::string_view sign, const One& one) {
  constexpr std::size_t flat_max = 16;
  if (to - from > flat_max) {
    const auto middle = from + (to - from) / 2;
    put("(");
    ALJ_TRY(join(from, middle, sign, one));
    put(")");
    put(sign);
    put("(");
    ALJ_TRY(join(middle, to, sign, one));
    put(")");
    return {};
  }
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) put(sign);
    ALJ_TRY(one(i));
  }
  return {};
}

}  // namespace aljibe::store::sqlite
