#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/batch.h"

namespace aljibe::pipeline {

/// What one byte range of a source became. Ranges come in source order, touch, and end at record boundaries.
struct Chunk {
  std::uint64_t byte_from = 0;
  std::uint64_t byte_to = 0;
  model::Batch batch;
  std::vector<model::Reject> rejects;  // in source order
  model::Position end = {};            // where the next range begins, as StreamOptions::start
  std::string_view text = {};          // the bytes of its records, kept alive by batch.bytes
  std::uint64_t text_from = 0;         // where text stands in the source
};

/// Rows of a source in source order, decoded by several threads behind this interface.
class BatchStream {
 public:
  virtual ~BatchStream() = default;
  BatchStream() = default;
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;

  /// The next range; nothing at the end of the source. Called by one thread.
  virtual Result<std::optional<Chunk>> next() = 0;
};

}  // namespace aljibe::pipeline
