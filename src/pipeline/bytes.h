#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "format/inflate.h"
#include "io/file.h"

namespace aljibe::pipeline {

/// The bytes of a source from some offset on, decompressed and as UTF-8.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Fills `to`; fewer bytes only where the source ends. Called by one thread at a time.
  virtual Result<std::size_t> read(std::span<char> to) = 0;
};

/// A file as it is, from `offset` on.
std::unique_ptr<ByteSource> bytes_of(std::shared_ptr<const io::File> file, std::uint64_t offset = 0);
/// What compressed bytes say.
/// Errors of read(): compression_damaged, also for a stream that is cut short.
std::unique_ptr<ByteSource> inflated(std::unique_ptr<ByteSource> compressed, format::Compression compression);
/// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> bytes_of(std::string_view bytes);

}  // namespace aljibe::pipeline
