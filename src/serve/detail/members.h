#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace aljibe::serve::detail {

inline constexpr std::size_t sign_in_body_bytes_max = 16 * 1024;

/// The texts of a small body, by their names. Members of other types are as if they were not there: nobody here reads them.
class Members {
 public:
  /// A JSON object, or a form where `request` says so.
  /// Errors: http_body_too_large, body_type_unsupported, body_invalid.
  static Result<Members> read(const http::Request& request);
  /// The parameters of a query.
  static Members of_form(std::string_view text);

  /// Empty when it is not there.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return texts_.contains(name); }

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace aljibe::serve::detail
