#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/csv_survey.h"
#include "format/dialect.h"
#include "format/encoding.h"
#include "format/inflate.h"
#include "io/file.h"
#include "model/load.h"
#include "pipeline/batch_stream.h"
#include "pipeline/bytes.h"
#include "pipeline/source.h"

namespace aljibe::pipeline {

enum class FileFormat : std::uint8_t { csv, json_lines };

/// How far inspect() reads: the first part and evidence about quotes in the rest, or every record.
enum class Depth : std::uint8_t { head, whole };

/// All that is needed to decode a file.
struct Inspection {
  std::string path;
  std::shared_ptr<const io::File> file;
  FileFormat format = FileFormat::csv;
  format::Compression compression = format::Compression::none;
  format::Encoding encoding;
  bool has_byte_order_mark = false;
  format::Dialect dialect;
  std::vector<std::string> columns;   // of a CSV file in its order; of JSON Lines the members of the first objects
  model::Position start;              // the first record; byte offsets count UTF-8 after decompression, the byte order mark included
  model::Position table_start;        // the header where there is one, else the first record
  std::vector<std::string> evidence;  // sentences for a person, without full stops
  std::optional<format::Survey> survey;  // with Depth::whole
};

/// Looks at a file and decides what `options` leave open.
///
/// Errors:  file_unreadable, compression_damaged, format_unknown, encoding_unknown (with byte offset and line), dialect_unclear.
Result<Inspection> inspect(const std::string& path, const model::FormatOptions& options, Depth depth);

/// The decoded bytes of an inspected file from `byte_from` on.
Result<std::unique_ptr<ByteSource>> open_bytes(const Inspection& file, std::uint64_t byte_from);

/// Rows of an inspected file. `options` says who makes rows and how many threads; dialect and columns are the file's, and so is the
/// start, unless a run is resumed at `resume_at` (as StreamOptions::start).
Result<std::unique_ptr<BatchStream>> open_stream(const Inspection& file, StreamOptions options,
                                                 const std::optional<model::Position>& resume_at = std::nullopt);

}  // namespace aljibe::pipeline
