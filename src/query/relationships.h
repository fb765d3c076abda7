#pragma once

#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "query/plan.h"

namespace aljibe::query {

/// The relationship from `table` that `relation` and `hint` (empty: none) mean. `relation` is a table, or a foreign key of
/// `table` by its constraint's or its column's name; `hint` a constraint, a column, the other table or the junction.
///
/// Errors:  relationship_unknown (with the name that was probably meant), relationship_ambiguous (with the hints to choose from).
Result<Relationship> find_relationship(const model::Catalogue& catalogue, const model::Table& table, std::string_view relation, std::string_view hint);

}  // namespace aljibe::query
