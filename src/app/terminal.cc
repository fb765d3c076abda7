#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace aljibe::app {
namespace {

std::string_view sequence(Colour colour) {
  switch (colour) {
    case Colour::bold: return "\x1b[1m";
    case Colour::dim: return "\x1b[2m";
    case Colour::red: return "\x1b[31m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::blue: return "\x1b[34m";
  }
  return "";
}

void write_line(std::FILE* stream, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stream);
  std::fputc('\n', stream);
  std::fflush(stream);
}

}  // namespace

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

bool has_colours(std::FILE* stream) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool wanted = no_colour == nullptr || *no_colour == '\0';
  return wanted && term != nullptr && std::string_view(term) != "dumb" && is_terminal(stream);
}

int width(std::FILE* stream) {
  winsize size{};
  constexpr int otherwise = 100;
  return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}

std::string coloured(std::FILE* stream, Colour colour, std::string_view text) {
  if (!has_colours(stream)) return std::string(text);
  return std::string(sequence(colour)) + std::string(text) + "\x1b[0m";
}

void say(std::string_view line) { write_line(stdout, line); }

void complain(const Error& error) {
  std::fflush(stdout);
  std::string line = coloured(stderr, Colour::red, error.message());
  if (!error.details().empty()) line += "\n  " + std::string(error.details());
  if (!error.hint().empty()) line += (error.details().empty() ? " " : "\n  ") + std::string(error.hint());
  line += " " + coloured(stderr, Colour::dim, "[" + std::string(wire(error.code())) + "]");
  write_line(stderr, line);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace aljibe::app
