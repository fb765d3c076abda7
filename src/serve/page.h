#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "serve/question.h"
#include "store/database.h"

namespace aljibe::serve {

/// An answer with rows, ready to be sent, whole or as "not modified".
struct Page {
  std::shared_ptr<const http::Prepared> whole;
  std::shared_ptr<const http::Prepared> not_modified;
  std::string etag;

  /// All the memory that a shared page holds, control blocks included.
  [[nodiscard]] std::size_t bytes() const;
};

/// Prepares what was read for `question`: status, fields, coding.
/// Errors: range_unsatisfiable, singular_mismatch; internal when a coding library refuses.
Result<std::shared_ptr<const Page>> prepare_page(const Question& question, store::Rows rows);

}  // namespace aljibe::serve
