#include "pipeline/inspect.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "format/jsonl.h"
#include "pipeline/block_reader.h"

namespace aljibe::pipeline {
namespace {

constexpr std::size_t head_bytes = 1024 * 1024;
constexpr std::size_t block_bytes = 1024 * 1024;

Result<format::Encoding> encoding_of(const model::FormatOptions& options, std::string_view first_bytes) {
  if (!options.encoding) return format::Encoding::marked(first_bytes);
  if (const auto named = format::Encoding::named(*options.encoding, first_bytes)) return *named;
  return fail(Code::encoding_unknown, fmt::format("The encoding '{}' is not known.", *options.encoding), {},
              "utf-8, utf-16le, utf-16be, windows-1250 to 1254, iso-8859-1, -2, -5, -9, -15, koi8-r, ibm437, ibm850 and macintosh are.");
}

FileFormat format_of(const std::string& path, std::string_view head) {
  for (const std::string_view ending : {".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst"}) {
    if (path.ends_with(ending)) return FileFormat::json_lines;
  }
  const auto first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && head[first] == '{' && head.substr(first + 1).find_first_not_of(" ") != std::string_view::npos &&
                 head[first + 1 + head.substr(first + 1).find_first_not_of(" ")] == '"'
             ? FileFormat::json_lines
             : FileFormat::csv;
}

/// Length of the UTF-8 sequence at the start of `text`; 0: it is not valid, or cut off.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xC2 ? 0 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : byte(0) < 0xF5 ? 4 : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

/// A few damaged fields are rejects. A file most of whose characters beyond ASCII are no UTF-8 was written in another encoding.
Result<void> check_encoding(const std::string& path, std::string_view head) {
  constexpr std::uint64_t few = 3;
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::size_t first_invalid = 0;
  const auto nul_bytes = static_cast<std::size_t>(std::ranges::count(head, '\0'));
  for (std::size_t at = 0; at + 4 < head.size(); ++at) {
    if (static_cast<unsigned char>(head[at]) < 0x80) continue;
    const std::size_t length = sequence_bytes(head.substr(at));
    if (length == 0 && ++invalid == 1) first_invalid = at;
    if (length > 0) ++valid;
    at += length > 0 ? length - 1 : 0;
  }
  if (nul_bytes * 5 > head.size()) {
    return fail(Code::encoding_unknown, fmt::format("{}: every other byte is NUL, from byte {} on.", path, head.find('\0')), {},
                "It may be UTF-16 without a byte order mark: declare the encoding utf-16le or utf-16be.");
  }
  if (invalid <= few || invalid <= valid) return {};
  const auto line = 1 + std::ranges::count(head.substr(0, first_invalid), '\n');
  return fail(Code::encoding_unknown, fmt::format("{} is not UTF-8: byte {} (line {}) is 0x{:02X}.", path, first_invalid, line, static_cast<unsigned char>(head[first_invalid])),
              {}, "Declare the encoding, for example windows-1252 or iso-8859-1.");
}

std::string name_of(char mark) {
  if (mark == '\t') return "tab";
  if (mark == ' ') return "blank";
  return fmt::format("'{}'", mark);
}

/// Backslashes before quotes in the whole file: the one thing about a dialect that its head cannot settle, as `"` is always armed and a
/// doubled quote always understood.
Result<format::QuoteEvidence> count_quotes(const Inspection& file) {
  constexpr std::size_t margin = 2;
  format::QuoteEvidence evidence;
  const auto bytes = ALJ_TRY(open_bytes(file, file.start.byte_from));
  std::string window(margin, '\n');
  for (std::size_t size = block_bytes; size == block_bytes;) {
    const std::size_t kept = window.size();
    window.resize(kept + block_bytes);
    size = ALJ_TRY(bytes->read({window.data() + kept, block_bytes}));
    window.resize(kept + size);
    if (size < block_bytes) window.append(margin, '\n');
    if (window.find('\\') != std::string::npos) evidence.add(format::count_quotes(window, file.dialect, margin));
    window.erase(0, window.size() - std::min(window.size(), 2 * margin));
  }
  return evidence;
}

Result<format::Survey> survey_whole(const Inspection& file) {
  format::Survey total;
  BlockReader blocks(ALJ_TRY(open_bytes(file, file.start.byte_from)), file.dialect, file.start);
  while (const auto* block = ALJ_TRY(blocks.next())) total.add(format::survey(*block, file.dialect, file.columns.size()));
  return total;
}

void describe_dialect(Inspection& file) {
  file.evidence.insert(file.evidence.begin(), fmt::format("{}{}", file.encoding.name() == "utf-8" ? "UTF-8" : file.encoding.name(),
                                                          file.has_byte_order_mark ? " with byte order mark" : ""));
  file.evidence.push_back(fmt::format("fields are separated by {}", name_of(file.dialect.delimiter)));
  if (file.dialect.line_break == format::LineBreak::cr) file.evidence.emplace_back("records end with a carriage return alone");
  if (file.dialect.leading_space == format::LeadingSpace::skipped) file.evidence.emplace_back("blanks after a separator are skipped");
  file.evidence.emplace_back(file.dialect.header ? "the first record names the columns" : "there is no header");
}

Result<void> inspect_csv(Inspection& file, std::string_view head, std::uint64_t head_from, format::End end, const model::FormatOptions& options, Depth depth) {
  auto detected = ALJ_TRY(format::detect(head, end, options));
  file.dialect = detected.dialect;
  file.columns = std::move(detected.columns);
  file.evidence = std::move(detected.evidence);
  file.start = detected.start;
  file.start.byte_from += head_from;
  file.table_start = detected.table_start;
  file.table_start.byte_from += head_from;
  if (!options.escape && end == format::End::more_follows) {
    const auto evidence = ALJ_TRY(count_quotes(file));
    file.dialect.escape = evidence.means_backslash() ? format::Escape::backslash : format::Escape::doubled;
  }
  describe_dialect(file);
  if (depth == Depth::head) return {};
  file.survey = ALJ_TRY(survey_whole(file));
  for (auto& line : format::describe(*file.survey, file.dialect, file.columns.size())) file.evidence.push_back(std::move(line));
  return {};
}

/// Another encoding's bytes as UTF-8.
class TranscodedBytes final : public ByteSource {
 public:
  TranscodedBytes(std::unique_ptr<ByteSource> bytes, const format::Encoding& encoding) : bytes_(std::move(bytes)), transcoder_(encoding) {}

  Result<std::size_t> read(std::span<char> to) override {
    while (text_.size() - taken_ < to.size() && !ended_) {
      text_.erase(0, std::exchange(taken_, 0));
      const std::size_t size = ALJ_TRY(bytes_->read(raw_));
      transcoder_.append({raw_.data(), size}, text_);
      ended_ = size < raw_.size();
      if (ended_) transcoder_.finish(text_);
    }
    const std::size_t size = text_.copy(to.data(), to.size(), taken_);
    taken_ += size;
    return size;
  }

 private:
  std::unique_ptr<ByteSource> bytes_;
  format::Transcoder transcoder_;
  std::string raw_ = std::string(64 * 1024, '\0');
  std::string text_;
  std::size_t taken_ = 0;
  bool ended_ = false;
};

Result<void> skip(ByteSource& bytes, std::uint64_t count) {
  std::string away(64 * 1024, '\0');
  while (count > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(count, away.size());
    const std::size_t size = ALJ_TRY(bytes.read({away.data(), wanted}));
    if (size < wanted) return {};
    count -= size;
  }
  return {};
}

/// The file's bytes from its start, decompressed.
std::unique_ptr<ByteSource> plain_bytes(const Inspection& file) {
  auto bytes = bytes_of(file.file);
  return file.compression == format::Compression::none ? std::move(bytes) : inflated(std::move(bytes), file.compression);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const Inspection& file, std::uint64_t byte_from) {
  const bool is_utf8 = file.encoding.family() == format::Encoding::Family::utf8;
  if (is_utf8 && file.compression == format::Compression::none) return bytes_of(file.file, byte_from);
  auto bytes = plain_bytes(file);
  if (!is_utf8) {
    ALJ_TRY(skip(*bytes, file.has_byte_order_mark ? 2 : 0));
    bytes = std::make_unique<TranscodedBytes>(std::move(bytes), file.encoding);
  }
  if (auto skipped = skip(*bytes, byte_from); !skipped) return std::unexpected(skipped.error());
  return bytes;
}

Result<Inspection> inspect(const std::string& path, const model::FormatOptions& options, Depth depth) {
  Inspection file;
  file.path = path;
  file.file = std::make_shared<const io::File>(ALJ_TRY(io::File::open(path)));
  std::string first_bytes(4, '\0');
  first_bytes.resize(ALJ_TRY(file.file->read_at(0, first_bytes)));
  file.compression = format::compression_of(first_bytes);
  if (file.compression != format::Compression::none) {
    first_bytes.assign(4, '\0');
    first_bytes.resize(ALJ_TRY(plain_bytes(file)->read(first_bytes)));
  }
  file.encoding = ALJ_TRY(encoding_of(options, first_bytes));
  const std::size_t mark = file.encoding.mark_bytes(first_bytes);
  file.has_byte_order_mark = mark > 0;
  // In UTF-8 the mark counts as bytes of the text; other encodings have lost it.
  const std::uint64_t text_from = file.encoding.family() == format::Encoding::Family::utf8 ? mark : 0;

  std::string head(head_bytes, '\0');
  const auto bytes = ALJ_TRY(open_bytes(file, text_from));
  head.resize(ALJ_TRY(bytes->read(head)));
  const auto end = head.size() < head_bytes ? format::End::end_of_source : format::End::more_follows;
  if (!options.encoding) {
    if (auto checked = check_encoding(path, head); !checked) return std::unexpected(checked.error());
  }

  if (options.format && *options.format != "csv" && *options.format != "jsonl") {
    return fail(Code::format_unknown, fmt::format("The format '{}' is not known.", *options.format), {}, "csv and jsonl are.");
  }
  file.format = options.format ? (*options.format == "jsonl" ? FileFormat::json_lines : FileFormat::csv) : format_of(path, head);
  if (file.format == FileFormat::json_lines) {
    file.dialect = format::Dialect::lines();
    file.columns = format::json_columns(head);
    file.start = {.record = 0, .line = 1, .byte_from = text_from, .byte_to = 0};
    file.table_start = file.start;
    file.evidence.emplace_back("JSON Lines");
  } else {
    if (auto inspected = inspect_csv(file, head, text_from, end, options, depth); !inspected) return std::unexpected(inspected.error());
  }
  if (file.compression != format::Compression::none) {
    file.evidence.emplace_back(file.compression == format::Compression::gzip ? "compressed by gzip" : "compressed by zstd");
  }
  return file;
}

Result<std::unique_ptr<BatchStream>> open_stream(const Inspection& file, StreamOptions options, const std::optional<model::Position>& resume_at) {
  options.dialect = file.dialect;
  options.columns = file.columns;
  if (file.format == FileFormat::json_lines) {
    options.columns = {"line"};
    options.row_maker = [inner = std::move(options.row_maker), columns = file.columns] { return std::make_unique<format::JsonRows>(inner(), columns); };
  }
  options.start = resume_at.value_or(file.start);
  auto bytes = ALJ_TRY(open_bytes(file, options.start.byte_from));
  return decode_stream(std::move(bytes), std::move(options));
}

}  // namespace aljibe::pipeline
