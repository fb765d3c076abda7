#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"
#include "query/query.h"

namespace aljibe::serve {

/// Which rows: filters in the dialect whose values may be claims of whoever asks, as in `owner=eq.${claims.sub}&state=neq.draft`.
///
/// A claim is always one whole value of a comparison; whatever stands in it, it never adds to the filter's grammar.   Threads: any.
class RowPolicy {
 public:
  RowPolicy() = default;  // every row

  /// Errors: config_value_invalid, with what was expected.
  static Result<RowPolicy> make(std::string_view text);

  /// The filters with the claims' values in them.
  /// Errors: forbidden, when one that it reads is not there: then nothing may be seen or done.
  [[nodiscard]] Result<std::vector<query::Filter>> bind(const auth::Claims& claims) const;

  [[nodiscard]] bool is_empty() const { return filters_.empty(); }
  /// The paths of the claims that it reads, each once.
  [[nodiscard]] const std::vector<std::string>& claims() const { return claims_; }
  /// The columns that its filters speak of, some maybe twice.
  [[nodiscard]] std::vector<std::string> columns() const;
  /// In canonical words, claims by their names.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::vector<query::Filter> filters_;
  std::vector<std::string> claims_;
  std::string text_;
};

}  // namespace aljibe::serve
