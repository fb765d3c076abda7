#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "wire.h"

namespace aljibe::checker {

/// A connection to Redis which waits for each answer. Independent of the server's own client.
class Resp {
 public:
  explicit Resp(std::uint16_t port) : port_(port) {}

  /// A text, or a number or an error as one. Nothing: null, or Redis is not there; the next call connects anew.
  std::optional<std::string> call(std::initializer_list<std::string_view> words);

 private:
  std::optional<std::string> line();
  std::optional<std::string> bulk(std::size_t size);

  std::uint16_t port_;
  Wire wire_;
};

}  // namespace aljibe::checker
