#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mac.h"
#include "cache/cache.h"
#include "model/mark.h"
#include "serve/page.h"

namespace aljibe::serve {

/// An answer as it lies outside of this process, with its proof.
///
///   "ALJ1" │ log row, 16 hexadecimal digits │ tag, 32 bytes │ nonce, schema, age, footprint, answer
///
/// Its front can be compared by whoever keeps it: of two blobs of one history the greater one is the newer. The tag is over the
/// key and all the rest, under the deployment's secret. Nothing is looked at before the tag fits.
struct Blob {
  model::Mark mark;  // at which the page was what the database gives
  std::chrono::system_clock::time_point read_at{};
  std::shared_ptr<const query::Footprint> footprint;
  std::shared_ptr<const Page> page;

  [[nodiscard]] cache::Content content() const;
};

/// How many bytes in front of a blob tell which of two is newer.
inline constexpr std::size_t blob_order_bytes = 20;

/// Bodies from `compressed_from` bytes on are compressed, those that are not yet.
std::string write_blob(const Blob& blob, std::string_view key, const Mac& mac, std::size_t compressed_from);

/// Nothing when it was cut, changed, made under another key or secret, or is larger than `body_bytes_max`.
std::optional<Blob> read_blob(std::string bytes, std::string_view key, const Mac& mac, std::size_t body_bytes_max);

}  // namespace aljibe::serve
