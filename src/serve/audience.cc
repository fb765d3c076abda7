// What an answer depends on beside its question:
//
//   rows of one table            the table's policy for this caller: columns, the row filter in canonical words with values, the bound on rows
//   with rows of others          also which tables and columns the role may see at all, as that decides what can be embedded, and how a
//                                relation is found; and the policies, with values, of just those tables that the plan goes through
//   with aggregates              also whether they are allowed
//
// None of it names the role or the person, so that whoever must get the same bytes gets the same entry (cache.md, "key").
#include "serve/audience.h"

#include <algorithm>
#include <utility>

#include "base/seeded.h"
#include "query/query.h"

namespace aljibe::serve {
namespace {

/// The tables that the plan goes through; all that may be read, where that cannot be told yet.
std::vector<std::string> tables_of(const Question& question, const Rules& rules, const std::shared_ptr<const model::Catalogue>& last, const Limits& limits) {
  std::vector<std::string> tables;
  const auto add = [&tables](std::string_view name) {
    if (std::ranges::find(tables, name) == tables.end()) tables.emplace_back(name);
  };
  const auto plan = last == nullptr ? fail(Code::schema_changed)
                                    : query::make_plan(question.query, question.table, visible(last, question.policies.get()), {limits, rules.aggregates, question.policies.get()});
  if (plan) {
    if (seeded(Bug::audience_without_related)) return {question.table};
    query::for_each_table(*plan, [&](const model::Table& table) { add(table.name); });
  } else {
    for (const auto& [name, policy] : *question.policies) add(name);
  }
  std::ranges::sort(tables);
  return tables;
}

}  // namespace

Result<void> set_audience(Question& question, const Rules& rules, const Caller& caller, const std::shared_ptr<const model::Catalogue>& last, const Limits& limits) {
  const auto& access = rules.access;
  const bool has_embeds = question.query.has_embeds();
  question.policies = ALJ_TRY(access.policies(caller, question.table, has_embeds ? Others::readable : Others::none));
  question.audience.clear();
  question.tables.reset();
  if (has_embeds && !access.serves_every_table()) {
    question.audience = access.readable(caller.role());
    if (access.reads_claims(caller.role())) question.tables = tables_of(question, rules, last, limits);
    for (const auto& table : question.tables.value_or(std::vector<std::string>())) {
      question.audience += '\n' + std::to_string(table.size()) + ':' + table + query::canonical(question.policies->find(table)->second);
    }
  } else if (question.policies != nullptr) {
    if (const auto policy = question.policies->find(question.table); policy != question.policies->end()) question.audience = query::canonical(policy->second);
  }
  if (question.query.has_aggregates() || !question.audience.empty()) question.audience += rules.aggregates == query::Aggregates::allowed ? " with aggregates" : "";
  if (caller.is_anonymous()) return {};
  auto of_everybody = question;
  const bool is_for_all = set_audience(of_everybody, rules, Caller(), last, limits).has_value();
  question.is_private = !is_for_all || of_everybody.audience != question.audience;
  return {};
}

}  // namespace aljibe::serve
