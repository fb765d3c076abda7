#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "format/columns.h"
#include "format/csv.h"
#include "model/batch.h"
#include "pipeline/batch_stream.h"
#include "pipeline/bytes.h"

namespace aljibe::pipeline {

/// How a source is decoded.
struct StreamOptions {
  format::Dialect dialect;
  std::vector<std::string> columns;  // the fields of a record, by name, in the order of the file

  /// Makes what turns cells into rows; called once for each thread, its result used by that thread only.
  std::function<std::unique_ptr<format::RowMaker>()> row_maker;

  /// Where decoding begins: byte_from and line of the first record, and the number of the record before it (0 at the start). After a chunk,
  /// the next one begins at its byte_to.
  model::Position start{.record = 0, .line = 1, .byte_from = 0, .byte_to = 0};

  std::size_t threads = 2;
  std::size_t chunk_bytes = 1024 * 1024;  // at most record_bytes_max / 2 are taken
  std::size_t record_bytes_max = Limits{}.record_bytes_max;
};

/// Rows of `bytes`, which stand at options.start of their source, decoded by options.threads threads that run until the stream
/// ends or is destroyed. At most threads + 2 chunks are held. The rows, their order and the rejects do not depend on threads and chunk_bytes.
///
/// Errors of next():  those of the source. They come in order, after the chunks before them.
std::unique_ptr<BatchStream> decode_stream(std::unique_ptr<ByteSource> bytes, StreamOptions options);

}  // namespace aljibe::pipeline
