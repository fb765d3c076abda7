#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "model/records.h"
#include "query/plan.h"
#include "query/policy.h"
#include "query/query.h"

namespace aljibe::query {

enum class Action : std::uint8_t { insert, update, put, remove };
/// What becomes of a row whose key is there already.
enum class Resolution : std::uint8_t { none, merge, ignore };

/// What only writes read in a query string.
struct WriteParameters {
  std::vector<std::string> columns;      // which members of the body count; empty: all
  std::vector<std::string> on_conflict;  // the key that decides; empty: the primary key
};

/// Reads `columns` and `on_conflict`; the other parameters are those of `parse`.
/// Errors: query_syntax.
Result<WriteParameters> parse_write_parameters(std::string_view encoded, const Limits& limits);

/// What a write does, resolved against a catalogue; holds no SQL text.
struct Change {
  Action action = Action::insert;
  Plan plan;                                // the rows that an update or removal touches, and what comes back of them
  Resolution resolution = Resolution::none;
  std::vector<std::size_t> columns;         // of `records`, indices into the table's
  std::vector<std::size_t> key;             // an upsert's conflict key; or the primary key by which each record finds its row
  model::Records records;                   // with an empty `key` one record changes all that `plan` selects
  Condition touched;                        // of a row that an upsert finds in its place: it may be changed
  Condition result;                         // of every row that was inserted or changed, once all is done
  Condition shown;                          // of the rows that come back

  [[nodiscard]] const model::Table& table() const { return *plan.table; }
};

/// How far rules let a change go.
struct ChangeRules {
  const Limits& limits;
  const WritePolicy* policy = nullptr;  // null: everything may be changed
  const Policy* shown = nullptr;        // of the table; null: everything may be seen
};

/// Resolves a write of rows whose members are `names`. `records` is the caller's to fill, in the order of `columns`.
///
/// Errors:  those of make_plan; method_unsupported for views, and for PUT without a filter on just the primary key;
///          put_range; conflict_key_unknown when on_conflict names no key; forbidden for a column that may not be written; policy_broken.
Result<Change> make_change(const Query& query, const WriteParameters& parameters, Action action, Resolution resolution,
                           const std::vector<std::string>& names, Plan plan, const ChangeRules& rules);

}  // namespace aljibe::query
