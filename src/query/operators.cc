#include "query/operators.h"

#include <algorithm>
#include <array>

namespace aljibe::query {
namespace {

constexpr auto words = std::to_array<std::string_view>({"eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "match", "imatch", "in", "is",
                                                        "isdistinct", "fts", "plfts", "phfts", "wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"});
static_assert(words.size() == static_cast<std::size_t>(Operator::adj) + 1);

constexpr auto aggregates = std::to_array<std::string_view>({"", "avg", "count", "max", "min", "sum"});
static_assert(aggregates.size() == static_cast<std::size_t>(Aggregate::sum) + 1);

}  // namespace

std::optional<Operator> operator_of(std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Operator>(found - words.begin());
}

std::string_view word_of(Operator op) { return words[static_cast<std::size_t>(op)]; }

std::optional<Aggregate> aggregate_of(std::string_view word) {
  const auto found = std::ranges::find(aggregates, word);
  if (word.empty() || found == aggregates.end()) return std::nullopt;
  return static_cast<Aggregate>(found - aggregates.begin());
}

std::string_view word_of(Aggregate aggregate) { return aggregates[static_cast<std::size_t>(aggregate)]; }

bool takes_quantifier(Operator op) {
  switch (op) {
    case Operator::eq:
    case Operator::neq:
    case Operator::gt:
    case Operator::gte:
    case Operator::lt:
    case Operator::lte:
    case Operator::like:
    case Operator::ilike:
    case Operator::match:
    case Operator::imatch: return true;
    default: return false;
  }
}

}  // namespace aljibe::query
