#pragma once

#include <vector>

#include "model/batch.h"
#include "model/type.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/write_sql.h"

namespace aljibe::store::sqlite {

/// Binds `parameters` from place `first` on; they must live until the statement is reset.
void bind(Statement& statement, const std::vector<Parameter>& parameters, int first = 1);

/// A value as the column's declared type is stored: a decimal as the nearest double.
void bind_value(Statement& statement, int parameter, const model::Value& value, const model::Type& type);

/// 10^exponent, exactly, up to 10^22.
double power_of_ten(unsigned exponent);

}  // namespace aljibe::store::sqlite
