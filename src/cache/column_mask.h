#pragma once

#include <cstdint>

#include "model/row_change.h"
#include "query/footprint.h"

namespace aljibe::cache {

/// Columns of a table, a bit each; the last one stands for all that follow.
using ColumnMask = std::uint64_t;
inline constexpr ColumnMask every_column = ~ColumnMask{0};

/// Whose change a response sees.
ColumnMask columns_read(const query::Scope& scope);
/// In which the two rows of an update, of one width, differ.
ColumnMask columns_changed(const model::RowChange& change);

}  // namespace aljibe::cache
