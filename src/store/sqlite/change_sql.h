#pragma once

#include <cstddef>
#include <string>

#include "query/change.h"
#include "store/sqlite/write_sql.h"

namespace aljibe::store::sqlite {

// Statements of a Change. Each row's text depends only on which of its values are given, so that it is prepared once.

/// What an INSERT gives back: SQLite keeps it aside until the statement ends, so that nothing is faster.
enum class Returning : std::uint8_t { nothing, identity };

/// INSERT of one record, with what becomes of a row that is there; its parameters are the values that are given.
std::string insert_sql(const query::Change& change, std::size_t row, Returning returning);

/// UPDATE of one row: the values of `row` that are given, then the identity. Returns the new identity.
std::string update_sql(const query::Change& change, std::size_t row);

/// Whether a row has the change's key; its parameters are the key's values.
std::string exists_sql(const query::Change& change);

/// The primary key of a row; its parameters are the identity.
std::string key_sql(const model::Table& table);

/// The change of one record alone: what it gives, for the row that its key names.
query::Change record_alone(const query::Change& change, std::size_t row);

}  // namespace aljibe::store::sqlite
