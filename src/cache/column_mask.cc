#include "cache/column_mask.h"

#include <algorithm>

#include "base/seeded.h"

namespace aljibe::cache {
namespace {

ColumnMask bit_of(std::size_t column) {
  if (seeded(Bug::index_forgets_wide_tables) && column >= 63) return 0;
  return ColumnMask{1} << std::min<std::size_t>(column, 63);
}

}  // namespace

ColumnMask columns_read(const query::Scope& scope) {
  if (scope.depends_on_way || !scope.loose_key.empty()) return every_column;
  ColumnMask mask = 0;
  for (std::size_t i = 0; i < scope.columns.size(); ++i) mask |= scope.columns[i] ? bit_of(i) : 0;
  return mask;
}

ColumnMask columns_changed(const model::RowChange& change) {
  ColumnMask mask = 0;
  for (std::size_t i = 0; i < change.before->size(); ++i) {
    if (!((*change.before)[i] == (*change.after)[i])) mask |= bit_of(i);
  }
  return mask;
}

}  // namespace aljibe::cache
