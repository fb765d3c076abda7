#pragma once

#include <string>
#include <string_view>

namespace aljibe::format {

/// One CSV field as RFC 4180 §2 writes it: quoted when it holds a comma, a quote, a line break or blanks at its ends, or when
/// it is empty, so that it differs from a null, which is written as nothing. Numbers and booleans need no quoting:
/// write them with the functions of json_out.
void append_csv_text(std::string& out, std::string_view text);

}  // namespace aljibe::format
