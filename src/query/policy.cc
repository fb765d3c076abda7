#include "query/policy.h"

#include <algorithm>

namespace aljibe::query {

bool includes(const Columns& columns, std::string_view column) { return !columns || std::ranges::find(*columns, column) != columns->end(); }

std::string canonical(const Policy& policy) {
  std::string text;
  if (policy.columns) {
    auto names = *policy.columns;
    std::ranges::sort(names);
    text += '(';
    for (const auto& name : names) text += std::to_string(name.size()) + ':' + name;
    text += ')';
  }
  if (policy.rows_max) text += "max " + std::to_string(*policy.rows_max);
  // The canonical form of a query keeps apart whatever a value may hold.
  if (!policy.filters.empty()) text += '?' + canonical(Query{.filters = policy.filters});
  return text;
}

}  // namespace aljibe::query
