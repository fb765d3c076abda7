#include "query/detail/names.h"

#include "base/text.h"

namespace aljibe::query::detail {

std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates) {
  const auto meant = closest(name, candidates);
  return meant.empty() ? std::string() : "Did you mean '" + std::string(meant) + "'?";
}

Result<std::size_t> find_column(const model::Table& table, std::string_view name, const Policy* policy) {
  const auto is_shown = [policy](std::string_view column) { return policy == nullptr || policy->shows(column); };
  if (const auto found = table.find(name); found && is_shown(name)) return *found;
  std::vector<std::string_view> names;
  for (const auto& column : table.columns) {
    if (is_shown(column.name)) names.emplace_back(column.name);
  }
  return fail(Code::column_unknown, "Column '" + std::string(name.substr(0, 100)) + "' does not exist in " + table.name, "", suggestion(name, names));
}

}  // namespace aljibe::query::detail
