#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace aljibe::serve {

/// Which web pages may use the API from a browser: origins, or "*" for all.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins);

  /// The fields that let a page of `origin` read the answer; nothing when it may not, or asks for nothing.
  void append_fields(std::string& fields, std::string_view origin) const;
  /// The answer to OPTIONS, a browser's question beforehand among them. In: what Allow says; a page may try every method,
  /// and is told why not by the answer.
  [[nodiscard]] http::Response options(const http::Request& request, const std::string& methods) const;

 private:
  [[nodiscard]] bool allows(std::string_view origin) const;
  std::vector<std::string> origins_;
  bool allows_all_;
};

inline constexpr std::string_view allowed_methods = "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE";

}  // namespace aljibe::serve
