#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "base/error.h"

namespace aljibe::app {

/// Whether `stream` is a terminal whose user wants colours (NO_COLOR unset, TERM not "dumb").
bool has_colours(std::FILE* stream);
bool is_terminal(std::FILE* stream);
/// Columns of the terminal behind `stream`; 100 when it is none.
int width(std::FILE* stream);

enum class Colour : std::uint8_t { bold, dim, red, green, yellow, blue };

/// `text` in a colour when `stream` has_colours, else unchanged.
std::string coloured(std::FILE* stream, Colour colour, std::string_view text);

/// Prints to standard output, at once.
void say(std::string_view line);
/// Prints an error to standard error: what, where, what to do, and the code.
void complain(const Error& error);

/// 1426337 → "1,426,337".
std::string grouped(std::uint64_t number);

}  // namespace aljibe::app
