#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace aljibe::format {

enum class Compression : std::uint8_t { none, gzip, zstd };

/// By the magic number at the start of a file.
Compression compression_of(std::string_view first_bytes);

/// Decompresses a stream piece by piece. Members that follow each other, as `cat a.gz b.gz` makes them, are one stream.
class Inflater {
 public:
  virtual ~Inflater() = default;
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  struct Step {
    std::size_t read = 0;
    std::size_t written = 0;
  };
  /// Takes some of `in`, writes some of `out`.
  /// Errors: compression_damaged.
  virtual Result<Step> step(std::string_view in, std::span<char> out) = 0;
  /// Whether the stream may end here: between members.
  [[nodiscard]] virtual bool is_complete() const = 0;
};

std::unique_ptr<Inflater> make_inflater(Compression compression);

}  // namespace aljibe::format
