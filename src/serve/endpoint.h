#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aljibe::serve {

/// A friendly path over a query: "GET /products/category/{id}" stands for "products?category_id=eq.{id}&order=asin&limit=20".
///
/// What a caller adds behind `?` follows the query's own parameters: filters narrow it, select, order, limit and offset
/// replace its own. A value from the path can only ever be one operand: it never adds to the query's grammar.
class Endpoint {
 public:
  struct Parameter {
    std::string name;
    std::string filtered;  // the column that its value is compared with; "limit" or "offset"
  };

  /// In:      "GET /path/{parameter}" and "table?query".
  /// Errors:  config_value_invalid, saying what is wrong.
  static Result<Endpoint> make(std::string_view name, std::string_view query, std::string summary);

  /// The query string that `path` means; nothing when it is another path.
  [[nodiscard]] std::optional<std::string> match(std::string_view path) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& table() const { return table_; }
  [[nodiscard]] const std::string& summary() const { return summary_; }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }

 private:
  enum class Place : std::uint8_t { alone, in_list };
  /// Text, or a parameter's value behind it.
  struct Piece {
    std::string text;
    std::optional<std::size_t> parameter;
    Place place = Place::alone;
  };

  Result<void> read_path(std::string_view path);
  Result<void> read_query(std::string_view query);
  Result<void> read_term(std::string_view term);

  std::string path_;
  std::vector<std::string> segments_;  // "{name}" for a parameter
  std::string table_;
  std::string summary_;
  std::vector<Parameter> parameters_;
  std::vector<Piece> pieces_;
};

}  // namespace aljibe::serve
