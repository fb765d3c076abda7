#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "serve/question.h"
#include "store/database.h"

namespace aljibe::serve {

/// An answer with rows, ready to be sent, whole or as "not modified".
struct Page {
  /// A part of whole.fields.
  struct Part {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
  };
  http::Prepared whole;
  Part common;  // what "not modified" says too
  Part etag_part;

  [[nodiscard]] std::string_view etag() const { return std::string_view(whole.fields).substr(etag_part.at, etag_part.size); }
  /// Made when it is asked for: most answers never are.
  [[nodiscard]] std::shared_ptr<const http::Prepared> not_modified() const { return http::prepare(304, whole.fields.substr(common.at, common.size), {}); }
  /// All the memory that a shared page takes of the heap, control blocks included.
  [[nodiscard]] std::size_t bytes() const;
};

/// Prepares what was read for `question`: status, fields, coding.
/// Errors: range_unsatisfiable, singular_mismatch; internal when a coding library refuses.
Result<std::shared_ptr<const Page>> prepare_page(const Question& question, store::Rows rows);

/// Whether `tags`, an If-Match list, names what a read of these rows is answered with: in this shape, as a list or as one
/// object, counted or not, in any coding. In: `rows` with a total, in that shape, which is no object.
bool names_rows(std::string_view tags, std::uint64_t offset, const store::Shape& shape, const store::Rows& rows);

}  // namespace aljibe::serve
