#include "resp.h"

#include <charconv>

namespace aljibe::checker {

std::optional<std::string> Resp::call(std::initializer_list<std::string_view> words) {
  if (!wire_.is_open() && !wire_.open(port_)) return std::nullopt;
  auto command = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto word : words) command.append("$" + std::to_string(word.size()) + "\r\n").append(word).append("\r\n");
  auto first = wire_.send(command) ? line() : std::nullopt;
  if (!first || first->empty()) return wire_.close(), std::nullopt;
  if (first->front() != '$') return first->front() == '-' ? *first : first->substr(1);
  std::int64_t size = -1;
  std::from_chars(first->data() + 1, first->data() + first->size(), size);
  return size < 0 ? std::nullopt : bulk(static_cast<std::size_t>(size));
}

std::optional<std::string> Resp::line() {
  for (;;) {
    const auto left = wire_.left();
    if (const auto end = left.find("\r\n"); end != std::string_view::npos) {
      std::string text(left.substr(0, end));
      wire_.take(end + 2);
      return text;
    }
    if (!wire_.receive()) return std::nullopt;
  }
}

std::optional<std::string> Resp::bulk(std::size_t size) {
  while (wire_.left().size() < size + 2) {
    if (!wire_.receive()) return wire_.close(), std::nullopt;
  }
  std::string text(wire_.left().substr(0, size));
  wire_.take(size + 2);
  return text;
}

}  // namespace aljibe::checker
