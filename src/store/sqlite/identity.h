#pragma once

#include <string>
#include <vector>

#include "model/batch.h"
#include "model/table.h"
#include "query/plan.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_sql.h"

namespace aljibe::store::sqlite {

/// What names one row of a table for as long as a transaction lasts: its rowid, or its primary key where it has none.
using Identity = std::vector<Parameter>;

/// The name under which SQL reaches the rowid: a column of the same name hides it, but not under its other names.
std::string rowid_name(const model::Table& table);

/// The columns of an Identity, as SQL names.
std::vector<std::string> identity_columns(const model::Table& table);

/// "a"=? AND "b"=?
std::string identity_condition(const model::Table& table);

/// The values at the first columns of the current row.
Identity read_identity(const Statement& statement, const model::Table& table);

/// A value as a filter would have it.
std::string operand_of(const Parameter& value);
/// A client's value, as it is bound.
Parameter parameter_of(const model::Value& value, const model::Type& type);
/// column = value
query::Condition equality(std::size_t column, const Parameter& value);

/// The condition that selects just these rows.
query::Condition condition_of(const std::vector<Identity>& rows, const model::Table& table);

}  // namespace aljibe::store::sqlite
