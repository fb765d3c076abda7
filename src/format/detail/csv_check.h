// What must be equal however the work is split; used by csv_test.cc and csv_fuzz.cc.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "format/csv.h"
#include "format/csv_split.h"

namespace aljibe::format::detail {

/// Everything that decoding says, one line a record, in source order.
inline std::vector<std::string> decoded_lines(std::string_view text, const Dialect& dialect, std::size_t block_bytes, Path path,
                                              std::size_t columns_count, std::size_t record_bytes_max) {
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  const std::vector<std::string> columns(columns_count, "c");
  TextRows maker(columns_count);
  Splitter splitter(dialect, {.record = 0, .line = 1, .byte_from = 0, .byte_to = 0}, record_bytes_max);
  Before before{dialect.record_end(), dialect.record_end()};
  const auto where = [](const model::Position& at) {
    return std::to_string(at.record) + ' ' + std::to_string(at.line) + ' ' + std::to_string(at.byte_from) + '-' + std::to_string(at.byte_to);
  };
  for (std::size_t from = 0;;) {
    const std::size_t size = std::min(block_bytes, text.size() - from);
    Block block(block_bytes);
    text.copy(block.room().data(), size, from);
    block.scan(size, before, dialect, path);
    for (const char byte : text.substr(from, size)) before = {byte, before.last};
    from += size;
    const bool ends = size < block_bytes;
    splitter.cut(block, ends ? End::end_of_source : End::more_follows);
    const Decoded decoded = decode(block, dialect, columns, maker);
    for (std::size_t row = 0; row < decoded.batch.rows_count(); ++row) {
      std::string line = where(decoded.batch.positions[row]);
      for (std::size_t i = 0; i < columns_count; ++i) line += '|' + std::string(decoded.batch.row(row)[i].view());
      lines.emplace_back(decoded.batch.positions[row].record, std::move(line));
    }
    for (const auto& reject : decoded.rejects) {
      lines.emplace_back(reject.position.record, where(reject.position) + ' ' + std::string(name(reject.code)) + ' ' + reject.raw);
    }
    if (ends) break;
  }
  std::ranges::sort(lines, {}, [](const auto& line) { return line.first; });
  std::vector<std::string> texts;
  for (auto& line : lines) texts.push_back(std::move(line.second));
  return texts;
}

}  // namespace aljibe::format::detail
