#include "serve/row_policy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace aljibe::serve {
namespace {

using query::Condition;
using query::Filter;
using query::Operator;

constexpr std::string_view opening = "${claims.";

std::unexpected<Error> expected(std::string what, std::string hint = {}) { return fail(Code::config_value_invalid, std::move(what), {}, std::move(hint)); }

/// "sub" of "${claims.sub}".
std::optional<std::string_view> claim_of(std::string_view operand) {
  if (!operand.starts_with(opening) || !operand.ends_with('}')) return std::nullopt;
  const auto path = operand.substr(opening.size(), operand.size() - opening.size() - 1);
  return path.empty() || path.contains('}') ? std::nullopt : std::optional(path);
}

/// Comparisons in which a value is only that: patterns and searches would read more out of it.
bool takes_claims(const Filter& filter) {
  constexpr auto plain = std::to_array({Operator::eq, Operator::neq, Operator::gt, Operator::gte, Operator::lt, Operator::lte, Operator::in, Operator::isdistinct});
  return std::ranges::find(plain, filter.op) != plain.end();
}

Result<void> check(const Filter& filter, std::vector<std::string>& claims) {
  for (const auto& child : filter.children) ALJ_TRY(check(child, claims));
  for (const auto& operand : filter.operands) {
    if (!operand.contains("${")) continue;
    const auto claim = claim_of(operand);
    if (!claim) return expected("a claim as a whole value, as in owner=eq.${claims.sub}, where \"" + shortened(operand) + "\" stands");
    if (!takes_claims(filter)) return expected("a claim behind eq, neq, gt, gte, lt, lte, in or isdistinct: of a pattern or a search it would be a part of the grammar");
    if (std::ranges::find(claims, *claim) == claims.end()) claims.emplace_back(*claim);
  }
  return {};
}

Result<void> fill(Filter& filter, const auth::Claims& claims) {
  for (auto& child : filter.children) ALJ_TRY(fill(child, claims));
  for (auto& operand : filter.operands) {
    const auto claim = claim_of(operand);
    if (!claim) continue;
    const auto value = claims.find(*claim);
    if (!value) return fail(Code::forbidden, "The token has no claim '" + std::string(*claim) + "', which a policy reads");
    operand = *value;
  }
  return {};
}

}  // namespace

Result<RowPolicy> RowPolicy::make(std::string_view text) {
  auto query = query::parse(text, Limits());
  if (!query) return expected("filters as in owner=eq.${claims.sub}&state=neq.draft: " + std::string(query.error().message()));
  const bool is_filters_alone = query->select.empty() && query->order.empty() && !query->limit && !query->offset && !query->after;
  if (!is_filters_alone || query->filters.empty()) return expected("filters, and nothing else, as in owner=eq.${claims.sub}");
  RowPolicy policy;
  for (const auto& filter : query->filters) ALJ_TRY(check(filter, policy.claims_));
  policy.text_ = query::canonical(*query);
  policy.filters_ = std::move(query->filters);
  return policy;
}

std::vector<std::string> RowPolicy::columns() const {
  std::vector<std::string> names;
  const auto collect = [&names](const auto& self, const std::vector<Filter>& filters) -> void {
    for (const auto& filter : filters) {
      if (filter.node == Condition::Node::comparison) names.push_back(filter.column);
      self(self, filter.children);
    }
  };
  collect(collect, filters_);
  return names;
}

Result<std::vector<Filter>> RowPolicy::bind(const auth::Claims& claims) const {
  auto filters = filters_;
  for (auto& filter : filters) ALJ_TRY(fill(filter, claims));
  return filters;
}

}  // namespace aljibe::serve
