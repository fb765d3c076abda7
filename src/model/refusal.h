#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/type.h"

namespace aljibe::model {

/// PostgreSQL's name of the type: "bigint", "double precision", "timestamp" …
std::string_view sql_name(const Type& type);

/// Why `text` is no value of `type`, in PostgreSQL's words.
/// Errors: value_invalid; of dates and timestamps time_invalid, or time_out_of_range where only the calendar or the clock
/// has no such moment.
std::unexpected<Error> refuse_value(const Type& type, std::string_view text, std::string details = {});

/// The same for a number that is larger than the type holds. Errors: value_overflows.
std::unexpected<Error> refuse_size(const Type& type, std::string_view text, std::string details = {});

/// Why so many rows are not the single one that was asked for. Errors: singular_mismatch.
std::unexpected<Error> refuse_count(std::uint64_t rows);

}  // namespace aljibe::model
