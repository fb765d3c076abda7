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

/// What the role, with these policies, sees in answer to the question.
std::string audience_of(const Question& question, const Rules& rules, std::string_view role, const query::Policies* policies) {
  std::string text;
  if (question.query.has_embeds() && !rules.access.serves_every_table()) {
    text = rules.access.readable(role);
    for (const auto& table : question.tables.value_or(std::vector<std::string>())) {
      const auto policy = policies->find(table);
      text += '\n' + std::to_string(table.size()) + ':' + table + (policy == policies->end() ? "-" : query::canonical(policy->second));
    }
  } else if (policies != nullptr) {
    if (const auto policy = policies->find(question.table); policy != policies->end()) text = query::canonical(policy->second);
  }
  if ((question.query.has_aggregates() || !text.empty()) && rules.aggregates == query::Aggregates::allowed) text += " with aggregates";
  return text;
}

/// Whether a caller without a token gets the same.
bool is_for_all(const Question& question, const Rules& rules, Others others) {
  if (!rules.access.may(Deed::read, question.table, anonymous)) return false;
  const auto policies = rules.access.policies(Caller(), question.table, others);
  return policies && audience_of(question, rules, anonymous, policies->get()) == question.audience;
}

}  // namespace

Result<void> set_audience(Question& question, const Rules& rules, const Caller& caller, const std::shared_ptr<const model::Catalogue>& last, const Limits& limits) {
  const auto& access = rules.access;
  const auto others = question.query.has_embeds() ? Others::readable : Others::none;
  question.policies = ALJ_TRY(access.policies(caller, question.table, others));
  question.tables.reset();
  if (others == Others::readable && access.reads_claims(caller.role())) question.tables = tables_of(question, rules, last, limits);
  question.audience = audience_of(question, rules, caller.role(), question.policies.get());
  question.is_private = !caller.is_anonymous() && !is_for_all(question, rules, others);
  return {};
}

}  // namespace aljibe::serve
