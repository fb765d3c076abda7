#pragma once

#include <memory>
#include <utility>

#include "base/limits.h"
#include "base/result.h"
#include "format/csv_split.h"
#include "pipeline/bytes.h"

namespace aljibe::pipeline {

/// The blocks of a source one after the other, cut at record ends, for what one thread does alone.
class BlockReader {
 public:
  BlockReader(std::unique_ptr<ByteSource> bytes, const format::Dialect& dialect, const model::Position& start);

  /// The next block, valid until the next call; null after the last.
  Result<format::Block*> next();

 private:
  std::unique_ptr<ByteSource> bytes_;
  format::Dialect dialect_;
  format::Splitter splitter_;
  format::Before before_;
  format::Block block_;
  bool ended_ = false;
};

}  // namespace aljibe::pipeline
