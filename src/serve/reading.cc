#include "serve/reading.h"

#include <algorithm>
#include <utility>

namespace aljibe::serve {
namespace {

/// The key was made before the tables were known as they are now: it must name every table whose rows the caller sees by a policy.
bool has_audience_of(const Question& question, const query::Plan& plan) {
  bool is_whole = true;
  if (!question.tables) return is_whole;
  query::for_each_table(plan, [&](const model::Table& table) { is_whole &= std::ranges::find(*question.tables, table.name) != question.tables->end(); });
  return is_whole;
}

}  // namespace

Result<Reading> read_rows(const Sources& from, const Question& question, const Rules& rules, std::chrono::steady_clock::time_point deadline) {
  for (bool is_retry = false;; is_retry = true) {
    auto catalogue = ALJ_TRY(from.database.catalogue());
    // Tables that may not be read are embedded by nobody: neither found, nor suggested, nor joined through.
    if (question.query.has_embeds()) catalogue = visible(std::move(catalogue), question.policies.get());
    const auto plan = ALJ_TRY(query::make_plan(question.query, question.table, std::move(catalogue), {from.limits, rules.aggregates, question.policies.get()}));
    if (!has_audience_of(question, plan)) return fail(Code::schema_changed);
    // Before the read: a change that is heard of during it is looked at on admission.
    const auto position = from.cache.position();
    auto rows = from.database.run(plan, shape_of(question.rendering), deadline);
    if (!rows && !is_retry && rows.error().code() == Code::schema_changed) continue;
    if (!rows) return std::unexpected(std::move(rows.error()));
    Reading reading{.page = {}, .snapshot = rows->snapshot, .footprint = {}, .position = position};
    if (from.follower.is_following()) {
      if (auto footprint = query::footprint_of(plan, rows->edges)) reading.footprint = std::make_shared<const query::Footprint>(std::move(*footprint));
    }
    reading.page = ALJ_TRY(prepare_page(question, std::move(*rows)));
    return reading;
  }
}

}  // namespace aljibe::serve
