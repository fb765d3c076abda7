#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "format/arena.h"
#include "model/batch.h"
#include "model/type.h"

namespace aljibe::format {

/// How the texts of one column become values; made once a column.
struct Conversion {
  model::Type type;
  std::vector<std::string> true_words;   // any case; when there are some, the usual ones no longer count
  std::vector<std::string> false_words;
};

/// Reads one cell's text as its column's type. Nothing, or the reason why the cell is refused; `value` is then untouched.
///
/// In:      valid UTF-8. What means null is the caller's business: an empty text is no number, date or boolean.
///
///   integer    [+-]digits, within int64; else value_not_integer or value_out_of_range
///   decimal    [+-]digits[.digits][e±n], also ".5" and "5."; exact in units of 10^-scale. More digits than precision or
///              scale hold is value_out_of_range, unless they are zeros. Without a declared precision the value is a
///              real, and more than 15 significant digits are value_out_of_range: a double would change them
///   real       the same grammar, to the nearest double; past its range value_out_of_range
///   boolean    true false t f yes no y n on off 1 0, any case, or the column's own words
///   date       YYYY-MM-DD, a day of the proleptic Gregorian calendar from 0001 on
///   timestamp  a date, or a date and 'T' or a blank and HH:MM[:SS[.1 to 9 digits]][Z or ±HH[[:]MM]]. The value's text is
///              YYYY-MM-DDTHH:MM:SS, the fraction without its last zeros, and "+00:00" (moved to UTC) where an offset was
///              given: the order of such texts is the order of the instants, and SQLite's date functions read them
///   json, blob, text   the text itself
///
/// Blanks around numbers, booleans, dates and timestamps are ignored. NULL, NaN, Infinity and hexadecimal are refused.
/// Texts point into `text`, or into `arena` where they had to be rewritten.   Threads: any.
std::optional<Code> convert(std::string_view text, const Conversion& conversion, Arena& arena, model::Value& value);

/// The sentence that goes with a refusal by `convert`: "'abc' is not an integer". Long texts are cut.
std::string complaint(Code code, std::string_view text, const model::Type& type);

}  // namespace aljibe::format
